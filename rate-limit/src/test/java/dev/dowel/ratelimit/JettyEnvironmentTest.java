package dev.dowel.ratelimit;

import org.junit.jupiter.api.Tag;

@Tag("jetty")
class JettyEnvironmentTest extends EnvironmentContract {
    @Override
    ServletServer server() {
        return new JettyServer().withAmbiguousPaths();
    }
}
