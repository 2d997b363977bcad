package dev.dowel.ratelimit;

class TomcatCountedClientTest extends CountedClientContract {
    @Override
    ServletServer server() throws Exception {
        return new TomcatServer();
    }
}
