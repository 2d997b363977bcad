package dev.dowel.authtoken;

import org.junit.jupiter.api.Tag;

@Tag("jetty")
class JettyDispatchTest extends DispatchContract {

    @Override
    ServletServer newServer() {
        return new JettyServer();
    }
}
