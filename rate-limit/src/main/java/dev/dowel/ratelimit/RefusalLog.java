package dev.dowel.ratelimit;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells operators that calls are refused, in at most one line a second, however many there are. */
final class RefusalLog {
    private static final Logger LOG = LoggerFactory.getLogger(RateLimitFilter.class);
    private static final long INTERVAL = 1_000_000_000L;

    private final LongSupplier nanos;
    private final AtomicLong next;
    private final AtomicLong refused = new AtomicLong();

    RefusalLog(LongSupplier nanos) {
        this.nanos = nanos;
        this.next = new AtomicLong(nanos.getAsLong());
    }

    void refused(RateLimitRule rule) {
        refused.incrementAndGet();
        long now = nanos.getAsLong();
        long due = next.get();
        if (now - due >= 0 && next.compareAndSet(due, now + INTERVAL)) {
            LOG.info("Rule {} refused {} calls since the last line", rule.name(), refused.getAndSet(0));
        }
    }
}
