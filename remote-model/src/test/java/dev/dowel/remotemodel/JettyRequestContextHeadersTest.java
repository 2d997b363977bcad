package dev.dowel.remotemodel;

import org.junit.jupiter.api.Tag;

@Tag("jetty")
class JettyRequestContextHeadersTest extends RequestContextHeadersContract {

    @Override
    ServletServer server() {
        return new JettyServer();
    }
}
