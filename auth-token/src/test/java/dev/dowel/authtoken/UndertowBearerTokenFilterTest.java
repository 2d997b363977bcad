package dev.dowel.authtoken;

import org.junit.jupiter.api.Tag;

@Tag("undertow")
class UndertowBearerTokenFilterTest extends BearerTokenFilterContract {

    @Override
    ServletServer newServer() {
        return new UndertowServer();
    }

    @Override
    boolean readsTabsAsSpaces() {
        return true;
    }
}
