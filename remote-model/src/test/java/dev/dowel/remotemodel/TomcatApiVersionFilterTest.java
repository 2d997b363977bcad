package dev.dowel.remotemodel;

class TomcatApiVersionFilterTest extends ApiVersionFilterContract {

    @Override
    ServletServer server() throws Exception {
        return new TomcatServer();
    }
}
