package dev.dowel.authtoken;

import org.junit.jupiter.api.Tag;

@Tag("jetty")
class JettyRequireScopeTest extends RequireScopeContract {

    @Override
    ServletServer newServer() {
        return new JettyServer();
    }
}
