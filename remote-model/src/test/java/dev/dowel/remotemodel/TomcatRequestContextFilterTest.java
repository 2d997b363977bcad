package dev.dowel.remotemodel;

class TomcatRequestContextFilterTest extends RequestContextFilterContract {

    @Override
    ServletServer server() throws Exception {
        return new TomcatServer();
    }
}
