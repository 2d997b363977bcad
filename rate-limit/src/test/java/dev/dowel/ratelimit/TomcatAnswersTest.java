package dev.dowel.ratelimit;

class TomcatAnswersTest extends AnswersContract {
    @Override
    ServletServer server() throws Exception {
        return new TomcatServer();
    }
}
