package dev.dowel.ratelimit;

class TomcatRefusedRequestTest extends RefusedRequestContract {
    @Override
    ServletServer server() throws Exception {
        return new TomcatServer();
    }
}
