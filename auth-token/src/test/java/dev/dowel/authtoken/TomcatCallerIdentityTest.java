package dev.dowel.authtoken;

class TomcatCallerIdentityTest extends CallerIdentityContract {

    @Override
    ServletServer newServer() throws Exception {
        return new TomcatServer();
    }
}
