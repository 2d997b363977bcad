package dev.dowel.ratelimit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Rules in a file that may change while the service runs. Looked at every ten seconds at most, by one thread. */
final class RulesFile {
    private static final Logger LOG = LoggerFactory.getLogger(RateLimitFilter.class);
    private static final long INTERVAL = Duration.ofSeconds(10).toNanos();
    private static final long LARGEST = 1 << 20;

    private final Path path;
    private final Optional<RateLimitRule> defaultRule;
    private final AtomicLong next = new AtomicLong();
    private @Nullable String seen;

    RulesFile(Path path, Optional<RateLimitRule> defaultRule) {
        this.path = path;
        this.defaultRule = defaultRule;
    }

    /** Reads the rules for the first time. */
    RateLimitRules read(long now) {
        next.set(now + INTERVAL);
        try {
            String text = text();
            RateLimitRules rules = RulesText.parse(text, defaultRule);
            seen = text;
            return rules;
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read the rules in " + path.getFileName(), e);
        }
    }

    private String text() throws IOException {
        if (Files.size(path) > LARGEST) {
            throw new IOException("The file is larger than " + LARGEST + " bytes");
        }
        return Files.readString(path);
    }

    /**
     * Hands the rules on if they have changed. Those that are wrong, or are refused with an {@link
     * IllegalArgumentException}, change nothing, and are told once.
     */
    void ifChanged(long now, Consumer<RateLimitRules> user) {
        long due = next.get();
        if (now - due >= 0 && next.compareAndSet(due, now + INTERVAL)) {
            reread(user);
        }
    }

    private synchronized void reread(Consumer<RateLimitRules> user) {
        try {
            String text = text();
            if (text.equals(seen)) {
                return;
            }
            seen = text;
            user.accept(RulesText.parse(text, defaultRule));
            LOG.info("The rate limits have changed");
        } catch (IOException | IllegalArgumentException e) {
            LOG.warn("The changed rate limits cannot be used, the old ones stay: {}", e.toString());
        }
    }
}
