package dev.dowel.remotemodel;

import org.junit.jupiter.api.Tag;

@Tag("jetty")
class JettyRequestContextFilterTest extends RequestContextFilterContract {

    @Override
    ServletServer server() {
        return new JettyServer();
    }
}
