package dev.dowel.authtoken;

class TomcatRequireScopeTest extends RequireScopeContract {

    @Override
    ServletServer newServer() throws Exception {
        return new TomcatServer();
    }
}
