package dev.dowel.ratelimit;

import org.junit.jupiter.api.Tag;

@Tag("jetty")
class JettyRefusedRequestTest extends RefusedRequestContract {
    @Override
    ServletServer server() {
        return new JettyServer().withAmbiguousPaths();
    }
}
