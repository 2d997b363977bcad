package dev.dowel.authtoken;

class TomcatFilterOptionsTest extends FilterOptionsContract {

    @Override
    ServletServer newServer() throws Exception {
        return new TomcatServer();
    }
}
