package dev.dowel.ratelimit;

class TomcatOncePerRequestTest extends OncePerRequestContract {
    @Override
    ServletServer server() throws Exception {
        return new TomcatServer();
    }
}
