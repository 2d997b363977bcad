package dev.dowel.authtoken;

class TomcatExemptPathTest extends ExemptPathContract {

    @Override
    ServletServer newServer() throws Exception {
        return new TomcatServer();
    }
}
