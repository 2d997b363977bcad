package dev.dowel.remotemodel;

import org.junit.jupiter.api.Tag;

@Tag("jetty")
class JettyApiVersionFilterTest extends ApiVersionFilterContract {

    @Override
    ServletServer server() {
        return new JettyServer();
    }
}
