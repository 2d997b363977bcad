package dev.dowel.ratelimit;

class TomcatChosenRulesTest extends ChosenRulesContract {
    @Override
    ServletServer server() throws Exception {
        return new TomcatServer();
    }
}
