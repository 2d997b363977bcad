package dev.dowel.ratelimit;

class TomcatServletRulesTest extends ServletRulesContract {
    @Override
    ServletServer server() throws Exception {
        return new TomcatServer();
    }
}
