package dev.dowel.benchmarks.authtoken;

import dev.dowel.authtoken.ClientRegistry;
import dev.dowel.authtoken.ClientTokenVerifier;
import dev.dowel.authtoken.GeneratedToken;
import dev.dowel.authtoken.TokenGenerator;

/** Clients with names of one length, one secret each, in every state there is. */
final class Clients {

    static final GeneratedToken GOOD = generated("billing");
    static final GeneratedToken WRONG = generated("billing");
    static final GeneratedToken UNKNOWN = generated("nobodys");
    static final GeneratedToken EXPIRED = generated("expired");
    static final GeneratedToken EARLY = generated("planned");
    static final GeneratedToken DISABLED = generated("blocked");

    private Clients() {}

    static ClientTokenVerifier verifier() {
        return ClientTokenVerifier.of(ClientRegistry.parse(String.join(
                "\n",
                GOOD.configurationLine(),
                EXPIRED.configurationLine() + " expires=2020-01-01T00:00:00Z",
                EARLY.configurationLine() + " not-before=2200-01-01T00:00:00Z",
                DISABLED.configurationLine() + " disabled=true")));
    }

    private static GeneratedToken generated(String client) {
        return TokenGenerator.generate(client, "dwl");
    }
}
