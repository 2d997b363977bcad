package dev.dowel.authtoken;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Accepts {@code base64(client:secret)} where the SHA-256 of the secret is one of those stored for the client. Takes no
 * I/O and one hash per token; an unknown client and a wrong, expired, early or disabled secret cost the same work and
 * get the same answer. Instances are safe for use by several threads; those that watch a file hold a thread until they are
 * closed, and go on verifying after that.
 *
 * <p>To rotate a secret: add the new one beside the old, in the file or with {@link #replace}, let the callers change over,
 * see in {@link #secrets()} that the old one is idle, then take it away. No valid call is refused meanwhile.
 */
public final class ClientTokenVerifier implements TokenVerifier, AutoCloseable {

    static final Duration DEFAULT_POLL = Duration.ofSeconds(10);

    private static final Verification MALFORMED = new Verification.Rejected(RefusalReason.MALFORMED);

    /** Fewer characters than 128 random bits take in Base62. */
    private static final int WEAK = 22;

    private final Clock clock;
    private final Sha256 sha256;
    private final VerifierEvents events;
    private final @Nullable WatchedFile<ClientRegistry> file;
    private final @Nullable Polling polling;
    private final ReentrantLock replacing = new ReentrantLock();
    private volatile ClientRegistry registry;

    ClientTokenVerifier(
            ClientRegistry registry, Clock clock, Sha256 sha256, @Nullable AuthenticationListener listener) {
        this.registry = registry.remembering(null);
        this.clock = Objects.requireNonNull(clock, "clock");
        this.sha256 = sha256;
        this.events = new VerifierEvents(listener);
        this.file = null;
        this.polling = null;
    }

    ClientTokenVerifier(Path path, Duration poll, Clock clock, @Nullable AuthenticationListener listener) {
        this.clock = clock;
        this.sha256 = new Sha256();
        this.events = new VerifierEvents(listener);
        this.file = new WatchedFile<>(path, ClientRegistry::parse);
        this.registry = this.file.read().remembering(null);
        this.polling = new Polling("dowel-client-tokens", poll, this::reload);
    }

    /**
     * Returns a verifier for the clients in the environment variable {@code CLIENT_TOKENS}, or in the UTF-8 file that
     * {@code CLIENT_TOKENS_FILE} names, which is {@linkplain #watching watched} every 10 seconds. The text is that of {@link
     * ClientRegistry#parse}.
     *
     * @return a verifier on the system's clock
     * @throws IllegalStateException if neither or both variables are set, the file cannot be read or is larger than 1 MiB,
     *     or the text is wrong; the message names the variable and the problem, and no value
     */
    public static ClientTokenVerifier fromEnvironment() {
        return EnvironmentClients.verifier(System.getenv(), null);
    }

    /**
     * Returns the same as {@link #fromEnvironment()}, with somebody who hears of reloads and weak secrets.
     *
     * @param listener mostly the same that the filter has
     * @return a verifier on the system's clock
     * @throws IllegalStateException as {@link #fromEnvironment()} does
     */
    public static ClientTokenVerifier fromEnvironment(AuthenticationListener listener) {
        return EnvironmentClients.verifier(System.getenv(), Objects.requireNonNull(listener, "listener"));
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
        return new ClientTokenVerifier(Objects.requireNonNull(registry, "registry"), clock, new Sha256(), null);
    }

    /**
     * Returns a verifier for the clients in a file, on the system's clock. The file is read again and again by a daemon
     * thread; another content counts at once and as a whole, while one that cannot be read or is wrong changes nothing.
     * Symbolic links are followed anew each time, so a mounted Kubernetes secret is followed too, unless by {@code subPath}.
     *
     * @param file UTF-8, at most 1 MiB, the text of {@link ClientRegistry#parse}; replace it in one step (rename)
     * @param poll the pause between two looks, more than zero and at most a day
     * @return the verifier; close it
     * @throws IllegalStateException if the file cannot be read or is wrong now; the message holds nothing of it
     * @throws IllegalArgumentException if {@code poll} is out of range
     */
    public static ClientTokenVerifier watching(Path file, Duration poll) {
        return new ClientTokenVerifier(
                Objects.requireNonNull(file, "file"), Objects.requireNonNull(poll, "poll"), Clock.systemUTC(), null);
    }

    /**
     * Returns the same as {@link #watching(Path, Duration)}, with somebody who hears of reloads and weak secrets.
     *
     * @param file the clients
     * @param poll the pause between two looks, more than zero and at most a day
     * @param listener mostly the same that the filter has
     * @return the verifier; close it
     * @throws IllegalStateException if the file cannot be read or is wrong now; the message holds nothing of it
     * @throws IllegalArgumentException if {@code poll} is out of range
     */
    public static ClientTokenVerifier watching(Path file, Duration poll, AuthenticationListener listener) {
        return new ClientTokenVerifier(
                Objects.requireNonNull(file, "file"),
                Objects.requireNonNull(poll, "poll"),
                Clock.systemUTC(),
                Objects.requireNonNull(listener, "listener"));
    }

    /**
     * Puts other clients in the place of all present ones, at once: a call is judged by the old set or by the new one.
     * Since {@link ClientRegistry#parse} throws on a wrong text, the last good set stays when a new one cannot be read. A
     * watched file takes over again when its content changes.
     *
     * @param next who may call from now on
     */
    public void replace(ClientRegistry next) {
        Objects.requireNonNull(next, "next");
        replacing.lock();
        try {
            registry = next.remembering(registry);
        } finally {
            replacing.unlock();
        }
    }

    /**
     * Reads the watched file now, on the calling thread, instead of at the next look. Listener and log hear of it as of any
     * other look: of a change and of a failure.
     *
     * @return what became of it; unchanged where no file is watched
     */
    public ReloadResult reload() {
        ReloadResult result = file == null ? ReloadResult.UNCHANGED : file.reload(this::replace);
        events.reloaded(result, registry);
        return result;
    }

    /**
     * Returns all configured secrets, with when each was last accepted. Kept over reloads and lost with the process.
     *
     * @return the present set, by client
     */
    public List<SecretStatus> secrets() {
        return registry.statuses();
    }

    /** Stops watching the file; returns after a second at most. The last good set goes on counting. */
    @Override
    public void close() {
        if (polling != null) {
            polling.close();
        }
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
        // First, because it refuses garbage of any length before anything is copied.
        int colon = token.clientIdLength();
        byte[] decoded = colon < 0 ? null : token.base64();
        if (decoded == null) {
            return MALFORMED;
        }
        try {
            if (colon == decoded.length - 1) {
                return MALFORMED;
            }
            String clientId = new String(decoded, 0, colon, StandardCharsets.US_ASCII);
            byte[] digest = sha256.hash(decoded, colon + 1);
            return verify(clientId, digest, decoded.length - colon - 1);
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

    private Verification verify(String clientId, byte[] digest, int length) {
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
        if (match == null || known == null) {
            // The first is always one of the client's own, or for an unknown client one that nobody has.
            return secrets.get(0).unmatched();
        }
        Verification verdict = match.at(now);
        if (verdict instanceof Verification.Accepted && match.usedAt(now) && length < WEAK) {
            events.weak(match.status());
        }
        return verdict;
    }
}
