package dev.dowel.authtoken;

class TomcatDispatchTest extends DispatchContract {

    @Override
    ServletServer newServer() throws Exception {
        return new TomcatServer();
    }
}
