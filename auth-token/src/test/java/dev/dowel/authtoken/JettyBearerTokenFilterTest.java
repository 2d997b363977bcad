package dev.dowel.authtoken;

import org.junit.jupiter.api.Tag;

@Tag("jetty")
class JettyBearerTokenFilterTest extends BearerTokenFilterContract {

    @Override
    ServletServer newServer() {
        return new JettyServer();
    }
}
