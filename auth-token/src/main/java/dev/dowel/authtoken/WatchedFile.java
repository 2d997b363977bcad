package dev.dowel.authtoken;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A file that somebody may replace, also behind a symbolic link that is turned. It is looked at by content, and a content
 * that cannot be read changes nothing. Messages name neither the file nor anything in it.
 */
final class WatchedFile<T> {

    private static final int LIMIT = 1 << 20;

    private final Path file;
    private final Function<String, T> parser;
    private final Sha256 sha256 = new Sha256();
    private final ReentrantLock lock = new ReentrantLock();
    private byte[] lastGood = new byte[0];
    private boolean failed = true;

    /** The parser throws {@link IllegalArgumentException} with a message that may be shown. */
    WatchedFile(Path file, Function<String, T> parser) {
        this.file = file;
        this.parser = parser;
    }

    /** Returns the content now; throws {@link IllegalStateException} with what is wrong with it. */
    T read() {
        lock.lock();
        try {
            byte[] bytes = content();
            T value = parsed(bytes);
            lastGood = sha256.hash(bytes, 0);
            failed = false;
            return value;
        } finally {
            lock.unlock();
        }
    }

    /** Hands a good content over if it is another than the last one, or the first good one after a failure. */
    ReloadResult reload(Consumer<T> target) {
        lock.lock();
        try {
            byte[] bytes = content();
            if (!failed && MessageDigest.isEqual(sha256.hash(bytes, 0), lastGood)) {
                return ReloadResult.UNCHANGED;
            }
            T value = parsed(bytes);
            lastGood = sha256.hash(bytes, 0);
            failed = false;
            target.accept(value);
            return ReloadResult.CHANGED;
        } catch (IllegalStateException e) {
            failed = true;
            return new ReloadResult(ReloadResult.Status.FAILED, Optional.ofNullable(e.getMessage()));
        } finally {
            lock.unlock();
        }
    }

    private T parsed(byte[] bytes) {
        try {
            return parser.apply(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString());
        } catch (CharacterCodingException e) {
            // Without the cause, here and below: only our own words are sure to hold nothing of the content.
            throw new IllegalStateException("the file is not valid UTF-8");
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException(e.getMessage());
        }
    }

    private byte[] content() {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(LIMIT + 1);
            if (bytes.length > LIMIT) {
                throw new IllegalStateException("the file is larger than 1 MiB");
            }
            return bytes;
        } catch (IOException e) {
            throw new IllegalStateException(
                    "the file cannot be read (" + e.getClass().getSimpleName() + ")");
        }
    }
}
