package dev.dowel.ratelimit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Ticker;
import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeMeter;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Counts in this process: one bucket4j bucket for each client, at most a fixed number of them in a Caffeine cache, each
 * forgotten once it would be full again. When there are more clients than fit, a coarse gate bounds what the forgotten
 * ones gain. Safe for use by several threads. Time is monotonic; setting the wall clock changes nothing.
 */
public final class LocalBucketStore implements BucketStore {
    private static final long DEFAULT_CLIENTS = 100_000;

    private final LongSupplier nanos;
    private final TimeMeter meter;
    private final NewClientGate gate;
    private final Cache<Key, Bucket> buckets;
    private final Map<RateLimitRule, Bandwidth> bandwidths = new ConcurrentHashMap<>();

    /** Remembers at most 100,000 clients, which takes about 40 MB. */
    public LocalBucketStore() {
        this(DEFAULT_CLIENTS);
    }

    /**
     * Remembers at most so many clients.
     *
     * @param clients 1 to 100,000,000; each takes about 400 bytes
     * @throws IllegalArgumentException if the number is out of its range
     */
    public LocalBucketStore(long clients) {
        this(clients, System::nanoTime);
    }

    LocalBucketStore(long clients, LongSupplier nanos) {
        if (clients < 1 || clients > 100_000_000) {
            throw new IllegalArgumentException("clients is 1 to 100000000, not " + clients);
        }
        this.nanos = nanos;
        this.meter = new MonotonicMeter(nanos);
        this.gate = new NewClientGate(nanos.getAsLong());
        Ticker ticker = nanos::getAsLong;
        this.buckets = Caffeine.newBuilder()
                .maximumSize(clients)
                .executor(Runnable::run)
                .ticker(ticker)
                .expireAfter(Expiry.<Key, Bucket>accessing(
                        (key, bucket) -> key.rule().quota().period()))
                .build();
    }

    private record Key(RateLimitRule rule, ClientKey client) {}

    @Override
    public Decision tryConsume(RateLimitRule rule, ClientKey client) {
        Key key = new Key(rule, client);
        @Nullable Bucket bucket = buckets.getIfPresent(key);
        if (bucket == null) {
            long wait = gate.nanosToOpen(rule, client, nanos.getAsLong());
            if (wait > 0) {
                return new Decision(false, 0, wait, wait);
            }
            bucket = buckets.get(key, this::fresh);
        }
        ConsumptionProbe probe = bucket.tryConsumeAndReturnRemaining(1);
        return new Decision(
                probe.isConsumed(),
                probe.getRemainingTokens(),
                probe.getNanosToWaitForRefill(),
                probe.getNanosToWaitForReset());
    }

    private Bucket fresh(Key key) {
        return Bucket.builder()
                .addLimit(bandwidths.computeIfAbsent(key.rule(), LocalBucketStore::bandwidth))
                .withCustomTimePrecision(meter)
                .build();
    }

    private static Bandwidth bandwidth(RateLimitRule rule) {
        return Bandwidth.builder()
                .capacity(rule.quota().calls())
                .refillGreedy(rule.quota().calls(), rule.quota().period())
                .build();
    }

    /** Returns how many clients are remembered at the moment. */
    long size() {
        buckets.cleanUp();
        return buckets.estimatedSize();
    }

    @Override
    public void close() {
        buckets.invalidateAll();
    }

    private record MonotonicMeter(LongSupplier nanos) implements TimeMeter {
        @Override
        public long currentTimeNanos() {
            return nanos.getAsLong();
        }

        @Override
        public boolean isWallClockBased() {
            return false;
        }
    }
}
