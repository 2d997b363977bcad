package dev.dowel.authtoken.jwt;

import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.SecurityContext;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The issuer's keys. Fetched ahead on a thread of its own, so that calls wait for a fetch only where no keys are known yet or
 * they are too old. A key that is not among them is fetched by the first call that names it, and the others do not wait for
 * that one; and never more than one fetch in an interval.
 */
final class Jwks implements JWKSource<SecurityContext> {

    static final Duration INTERVAL = Duration.ofSeconds(30);
    static final Duration REFRESH = Duration.ofMinutes(5);
    static final Duration LIFETIME = Duration.ofMinutes(15);

    private static final Logger LOG = LoggerFactory.getLogger(JwtVerifier.class);

    private final Source source;
    private final long usable;
    private final LongSupplier nanos;
    private final ReentrantLock fetching = new ReentrantLock();
    private volatile long attempted;
    private volatile boolean tried;
    private volatile boolean failed;
    private volatile @Nullable Known known;

    /** Where keys come from. */
    interface Source {
        JWKSet fetch() throws IOException;
    }

    /** What one fetch brought; another fetch is another one, even with the same keys. */
    private static final class Known {
        final JWKSet keys;
        final long since;

        Known(JWKSet keys, long since) {
            this.keys = keys;
            this.since = since;
        }
    }

    Jwks(Source source, Duration stale, LongSupplier nanos) {
        this.source = source;
        this.usable = LIFETIME.plus(stale).toNanos();
        this.nanos = nanos;
    }

    @Override
    public List<JWK> get(JWKSelector selector, @Nullable SecurityContext context) throws KeySourceException {
        Known current = known;
        if (current == null || !isUsable(current)) {
            current = newer(current, JwksFetch.TIMEOUT);
        }
        List<JWK> found = selector.select(current.keys);
        boolean named = selector.getMatcher().getKeyIDs() != null;
        if (found.isEmpty() && named) {
            found = selector.select(newer(current, Duration.ZERO).keys);
            if (found.isEmpty() && failed) {
                throw new KeySourceException("the key is not known, and the keys cannot be fetched");
            }
        }
        // Without a name every key would be tried, and one call would cost as much as many.
        return named || found.size() == 1 ? found : List.of();
    }

    /** Fetches ahead of need, unless that was done just now. */
    void refresh() {
        try {
            newer(known, JwksFetch.TIMEOUT);
        } catch (KeySourceException e) {
            LOG.warn("The keys of the token issuer are not known: {}", e.getMessage());
        }
    }

    /** Returns other keys than those seen where there are any, else the same while they are usable. */
    private Known newer(@Nullable Known seen, Duration patience) throws KeySourceException {
        // In this order, so that a fetch that ends meanwhile is not missed.
        if (known == seen && (isDue() || fetching.isLocked())) {
            fetch(seen, patience);
        }
        Known now = known;
        if (now == null || !isUsable(now)) {
            throw new KeySourceException("no keys could be fetched lately");
        }
        return now;
    }

    private void fetch(@Nullable Known seen, Duration patience) throws KeySourceException {
        if (!locked(patience)) {
            if (known == seen) {
                throw new KeySourceException("the keys are still being fetched");
            }
            return;
        }
        try {
            if (known == seen && isDue()) {
                attempted = nanos.getAsLong();
                tried = true;
                known = new Known(source.fetch(), nanos.getAsLong());
                failed = false;
            }
        } catch (IOException e) {
            failed = true;
            LOG.warn("Fetching the keys of the token issuer failed: {}", e.getMessage());
        } finally {
            fetching.unlock();
        }
    }

    private boolean isDue() {
        return !tried || nanos.getAsLong() - attempted >= INTERVAL.toNanos();
    }

    private boolean locked(Duration patience) throws KeySourceException {
        try {
            return fetching.tryLock(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KeySourceException("interrupted while the keys were fetched", e);
        }
    }

    private boolean isUsable(Known candidate) {
        return nanos.getAsLong() - candidate.since < usable;
    }
}
