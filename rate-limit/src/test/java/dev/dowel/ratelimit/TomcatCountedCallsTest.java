package dev.dowel.ratelimit;

class TomcatCountedCallsTest extends CountedCallsContract {
    @Override
    ServletServer server() throws Exception {
        return new TomcatServer();
    }
}
