package dev.dowel.authtoken;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The token that this service sends to others, read from a file that may be replaced while the service runs. A supplier of
 * what follows {@code Bearer}, so it fits every HTTP client that asks for the token at each call. Instances are safe for use
 * by several threads, and hold a thread while they watch a file.
 */
public final class ClientToken implements Supplier<String>, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ClientToken.class);
    private static final String TEXT = "CLIENT_TOKEN";
    private static final String FILE = "CLIENT_TOKEN_FILE";

    private final ThrottledLog reloadLog = new ThrottledLog(LOG, "Reading the token again", System::nanoTime);
    private final WatchedFile<BearerToken> file;
    private final Polling polling;
    private volatile BearerToken token;

    private ClientToken(Path path, Duration poll) {
        this.file = new WatchedFile<>(path, text -> BearerToken.of(text.strip()));
        this.token = file.read();
        this.polling = new Polling("dowel-client-token", poll, this::reload);
    }

    /**
     * Returns the token in a file, which is read again and again by a daemon thread. Another content counts at once; one
     * that cannot be read or is no token changes nothing.
     *
     * @param file UTF-8: the token as {@link GeneratedToken#token()} gives it, white space around it ignored
     * @param poll the pause between two looks, more than zero and at most a day
     * @return the token; close it
     * @throws IllegalStateException if the file cannot be read or holds no token now; the message holds nothing of it
     * @throws IllegalArgumentException if {@code poll} is out of range
     */
    public static ClientToken watching(Path file, Duration poll) {
        return new ClientToken(Objects.requireNonNull(file, "file"), Objects.requireNonNull(poll, "poll"));
    }

    /**
     * Returns the token in the environment variable {@code CLIENT_TOKEN}, which is fixed for the life of the process, or in
     * the file that {@code CLIENT_TOKEN_FILE} names, which is watched every 10 seconds.
     *
     * @return a supplier of the token; a {@link ClientToken} to close where it watches a file
     * @throws IllegalStateException if neither or both are set, or there is no token in it; the message names the variable
     *     and the problem, and no value
     */
    public static Supplier<String> fromEnvironment() {
        return from(System.getenv());
    }

    static Supplier<String> from(Map<String, String> environment) {
        String text = environment.getOrDefault(TEXT, "");
        String path = environment.getOrDefault(FILE, "");
        if (text.isBlank() == path.isBlank()) {
            throw new IllegalStateException("set exactly one of " + TEXT + " and " + FILE + "; now "
                    + (text.isBlank() ? "neither is" : "both are"));
        }
        try {
            if (path.isBlank()) {
                BearerToken fixed = BearerToken.of(text.strip());
                return fixed::value;
            }
            return watching(Path.of(path), ClientTokenVerifier.DEFAULT_POLL);
        } catch (InvalidPathException e) {
            throw new IllegalStateException(FILE + ": the file cannot be read (InvalidPathException)");
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw new IllegalStateException((path.isBlank() ? TEXT : FILE) + ": " + e.getMessage());
        }
    }

    /**
     * Returns the token to send now.
     *
     * @return the characters after {@code Bearer}; keep them out of logs, messages and keys of caches
     */
    @Override
    public String get() {
        return token.value();
    }

    /**
     * Reads the file now, on the calling thread, instead of at the next look; for example when a call was answered with 401.
     *
     * @return what became of it
     */
    public ReloadResult reload() {
        ReloadResult result = file.reload(next -> token = next);
        if (result.status() == ReloadResult.Status.FAILED) {
            reloadLog.failed(result.problem().orElse("") + "; the last good one stays");
        }
        return result;
    }

    /** Stops watching the file; returns after a second at most. The last good token stays. */
    @Override
    public void close() {
        polling.close();
    }

    /**
     * Returns a constant.
     *
     * @return a text without the token
     */
    @Override
    public String toString() {
        return "ClientToken[redacted]";
    }
}
