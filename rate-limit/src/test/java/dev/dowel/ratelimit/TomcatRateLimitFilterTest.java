package dev.dowel.ratelimit;

class TomcatRateLimitFilterTest extends RateLimitFilterContract {
    @Override
    ServletServer server() throws Exception {
        return new TomcatServer();
    }
}
