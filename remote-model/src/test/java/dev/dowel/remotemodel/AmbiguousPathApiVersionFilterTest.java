package dev.dowel.remotemodel;

import org.junit.jupiter.api.Tag;

/** Jetty throws when a filter asks for a path that has several readings, if it was told to let such requests in. */
@Tag("jetty")
class AmbiguousPathApiVersionFilterTest extends ApiVersionFilterContract {

    @Override
    ServletServer server() {
        return new JettyServer().withAmbiguousPaths();
    }
}
