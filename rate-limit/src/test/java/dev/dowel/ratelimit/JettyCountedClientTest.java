package dev.dowel.ratelimit;

import org.junit.jupiter.api.Tag;

@Tag("jetty")
class JettyCountedClientTest extends CountedClientContract {
    @Override
    ServletServer server() {
        return new JettyServer().withAmbiguousPaths();
    }
}
