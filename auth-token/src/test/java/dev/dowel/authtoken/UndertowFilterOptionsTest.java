package dev.dowel.authtoken;

import org.junit.jupiter.api.Tag;

@Tag("undertow")
class UndertowFilterOptionsTest extends FilterOptionsContract {

    @Override
    ServletServer newServer() {
        return new UndertowServer();
    }
}
