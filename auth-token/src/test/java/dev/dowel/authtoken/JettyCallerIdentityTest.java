package dev.dowel.authtoken;

import org.junit.jupiter.api.Tag;

@Tag("jetty")
class JettyCallerIdentityTest extends CallerIdentityContract {

    @Override
    ServletServer newServer() {
        return new JettyServer();
    }
}
