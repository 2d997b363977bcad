package dev.dowel.authtoken;

class TomcatBearerTokenFilterTest extends BearerTokenFilterContract {

    @Override
    ServletServer newServer() throws Exception {
        return new TomcatServer();
    }
}
