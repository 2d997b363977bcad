package dev.dowel.ratelimit;

class TomcatEnvironmentTest extends EnvironmentContract {
    @Override
    ServletServer server() throws Exception {
        return new TomcatServer();
    }
}
