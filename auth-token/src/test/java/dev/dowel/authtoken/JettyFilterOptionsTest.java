package dev.dowel.authtoken;

import org.junit.jupiter.api.Tag;

@Tag("jetty")
class JettyFilterOptionsTest extends FilterOptionsContract {

    @Override
    ServletServer newServer() {
        return new JettyServer();
    }
}
