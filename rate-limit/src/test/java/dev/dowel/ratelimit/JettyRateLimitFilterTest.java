package dev.dowel.ratelimit;

import org.junit.jupiter.api.Tag;

@Tag("jetty")
class JettyRateLimitFilterTest extends RateLimitFilterContract {
    @Override
    ServletServer server() {
        return new JettyServer().withAmbiguousPaths();
    }
}
