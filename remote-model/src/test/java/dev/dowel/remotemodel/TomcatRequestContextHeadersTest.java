package dev.dowel.remotemodel;

class TomcatRequestContextHeadersTest extends RequestContextHeadersContract {

    @Override
    ServletServer server() throws Exception {
        return new TomcatServer();
    }
}
