package dev.dowel.ratelimit;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells operators that calls are refused, however many there are in at most one line a second, and one for each client in
 * the period of its quota. Of more clients than there are cells for, some get no line; their calls are in the next one.
 */
final class RefusalLog {
    private static final Logger LOG = LoggerFactory.getLogger(RateLimitFilter.class);
    private static final long INTERVAL = 1_000_000_000L;
    private static final long CLIENTS = 4_096;

    private final LongSupplier nanos;
    private final long start;
    private final AtomicLong next;
    private final AtomicLong refused = new AtomicLong();
    private final CellTable told = new CellTable(CLIENTS);

    RefusalLog(LongSupplier nanos) {
        this.nanos = nanos;
        this.start = nanos.getAsLong() - 1;
        this.next = new AtomicLong(nanos.getAsLong());
    }

    void refused(RateLimitRule rule, int quota, RateLimitKey key) {
        refused.incrementAndGet();
        long now = nanos.getAsLong();
        long due = next.get();
        if (now - due < 0) {
            return;
        }
        HashedKey client = HashedKey.of(rule, key);
        long period = rule.quotas().get(quota).period().toNanos();
        if (told.time(client.high(), client.low()) <= now - start
                && next.compareAndSet(due, now + INTERVAL)
                && told.take(client.high(), client.low(), now - start, period, period) >= 0) {
            LOG.info(
                    "Rule {} refuses a client; {} calls were refused since the last line",
                    rule.name(),
                    refused.getAndSet(0));
        }
    }
}
