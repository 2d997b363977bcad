package dev.dowel.example.demo;

import dev.dowel.authtoken.ClientRegistry;
import dev.dowel.authtoken.ClientTokenVerifier;
import dev.dowel.authtoken.GeneratedToken;
import dev.dowel.authtoken.TokenGenerator;

/** The one client both services know, and the rotation of its token. */
final class Clients {
    private static final String CLIENT = "web";
    private static final String PREFIX = "dwl";

    private GeneratedToken current = TokenGenerator.generate(CLIENT, PREFIX);
    private final ClientTokenVerifier verifier =
            ClientTokenVerifier.of(ClientRegistry.parse(current.configurationLine()));

    ClientTokenVerifier verifier() {
        return verifier;
    }

    /** Returns the token to send now. */
    String token() {
        return current.token();
    }

    /** Returns a well-formed token of the same client that nobody has configured. */
    String wrongToken() {
        return TokenGenerator.generate(CLIENT, PREFIX).token();
    }

    /** Adds a second token beside the current one, which goes on working; returns the new one. */
    GeneratedToken addToken() {
        GeneratedToken next = TokenGenerator.generate(CLIENT, PREFIX);
        verifier.replace(ClientRegistry.parse(current.configurationLine() + "\n" + next.configurationLine()));
        return next;
    }

    /** Leaves only this token. */
    void keepOnly(GeneratedToken token) {
        verifier.replace(ClientRegistry.parse(token.configurationLine()));
        current = token;
    }
}
