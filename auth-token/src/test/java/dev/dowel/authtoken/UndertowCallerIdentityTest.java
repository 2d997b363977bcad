package dev.dowel.authtoken;

import org.junit.jupiter.api.Tag;

@Tag("undertow")
class UndertowCallerIdentityTest extends CallerIdentityContract {

    @Override
    ServletServer newServer() {
        return new UndertowServer();
    }
}
