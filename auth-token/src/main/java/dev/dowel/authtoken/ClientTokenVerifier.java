package dev.dowel.authtoken;

import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Accepts {@code base64(client:secret)} where the SHA-256 of the secret is one of those stored for the client. Takes no
 * I/O and one hash per token; an unknown client and a wrong, expired, early or disabled secret cost the same work and
 * get the same answer. Instances are safe for use by several threads.
 *
 * <p>To rotate a secret: {@linkplain #replace add} the new one beside the old, let the callers change over, then replace
 * again without the old one. No valid call is refused meanwhile.
 */
public final class ClientTokenVerifier implements TokenVerifier {

    private static final Verification MALFORMED = new Verification.Rejected(RefusalReason.MALFORMED);
    private static final Verification UNKNOWN_CLIENT = new Verification.Rejected(RefusalReason.UNKNOWN_CLIENT);
    private static final Verification WRONG_SECRET = new Verification.Rejected(RefusalReason.WRONG_SECRET);

    private final Clock clock;
    private final Sha256 sha256;
    private volatile ClientRegistry registry;

    ClientTokenVerifier(ClientRegistry registry, Clock clock, Sha256 sha256) {
        this.registry = Objects.requireNonNull(registry, "registry");
        this.clock = Objects.requireNonNull(clock, "clock");
        this.sha256 = sha256;
    }

    /**
     * Returns a verifier for the clients in the environment variable {@code CLIENT_TOKENS}, or in the UTF-8 file that
     * {@code CLIENT_TOKENS_FILE} names, which is read once, now. The text is that of {@link ClientRegistry#parse}.
     *
     * @return a verifier on the system's clock
     * @throws IllegalStateException if neither or both variables are set, the file cannot be read or is larger than 1 MiB,
     *     or the text is wrong; the message names the variable and the problem, and no value
     */
    public static ClientTokenVerifier fromEnvironment() {
        return of(EnvironmentClients.read(System.getenv()));
    }

    /**
     * Returns a verifier for the given clients on the system's clock.
     *
     * @param registry who may call
     * @return the verifier
     */
    public static ClientTokenVerifier of(ClientRegistry registry) {
        return of(registry, Clock.systemUTC());
    }

    /**
     * Returns a verifier for the given clients.
     *
     * @param registry who may call
     * @param clock decides when a secret begins and expires, without leeway
     * @return the verifier
     */
    public static ClientTokenVerifier of(ClientRegistry registry, Clock clock) {
        return new ClientTokenVerifier(registry, clock, new Sha256());
    }

    /**
     * Puts other clients in the place of all present ones, at once: a call is judged by the old set or by the new one.
     * Since {@link ClientRegistry#parse} throws on a wrong text, the last good set stays when a new one cannot be read.
     *
     * @param next who may call from now on
     */
    public void replace(ClientRegistry next) {
        registry = Objects.requireNonNull(next, "next");
    }

    /**
     * Returns whether the token is that of a known client.
     *
     * @param token the token as sent
     * @return accepted or rejected, never unavailable
     */
    @Override
    public Verification verify(BearerToken token) {
        Objects.requireNonNull(token, "token");
        byte[] decoded = StrictBase64.decode(token.value());
        if (decoded == null) {
            return MALFORMED;
        }
        try {
            int colon = firstColon(decoded);
            String clientId = ClientId.decode(decoded, colon);
            if (clientId == null || colon == decoded.length - 1) {
                return MALFORMED;
            }
            return verify(clientId, sha256.hash(decoded, colon + 1));
        } finally {
            Arrays.fill(decoded, (byte) 0);
        }
    }

    /**
     * Returns how many clients there are.
     *
     * @return a text without digests
     */
    @Override
    public String toString() {
        return "ClientTokenVerifier[" + registry + "]";
    }

    private Verification verify(String clientId, byte[] digest) {
        ClientRegistry current = registry;
        @Nullable List<HashedSecret> known = current.secrets(clientId);
        List<HashedSecret> secrets = known == null ? current.secretsOfUnknown() : known;
        @Nullable HashedSecret match = null;
        for (int i = 0; i < secrets.size(); i++) {
            HashedSecret secret = secrets.get(i);
            // No break: every secret is compared, and what state the match is in is looked at afterwards.
            if (sha256.equal(secret.digest, digest)) {
                match = secret;
            }
        }
        Instant now = clock.instant();
        if (match == null) {
            return known == null ? UNKNOWN_CLIENT : WRONG_SECRET;
        }
        return match.at(now);
    }

    private static int firstColon(byte[] bytes) {
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == ':') {
                return i;
            }
        }
        return -1;
    }
}
