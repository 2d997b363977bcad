package dev.dowel.ratelimit;

import org.junit.jupiter.api.Tag;

@Tag("jetty")
class JettyServletRulesTest extends ServletRulesContract {
    @Override
    ServletServer server() {
        return new JettyServer().withAmbiguousPaths();
    }
}
