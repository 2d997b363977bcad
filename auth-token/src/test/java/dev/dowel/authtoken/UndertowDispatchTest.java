package dev.dowel.authtoken;

import org.junit.jupiter.api.Tag;

@Tag("undertow")
class UndertowDispatchTest extends DispatchContract {

    @Override
    ServletServer newServer() {
        return new UndertowServer();
    }
}
