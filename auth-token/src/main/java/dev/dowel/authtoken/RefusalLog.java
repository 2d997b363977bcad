package dev.dowel.authtoken;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.slf4j.Logger;

/** Counts refusals and warns of them at most once a minute, so that a caller cannot fill the log. */
final class RefusalLog {

    private static final long INTERVAL = Duration.ofMinutes(1).toNanos();

    private final Logger log;
    private final LongSupplier nanos;
    private final AtomicLong next;
    private final Map<RefusalReason, LongAdder> counts = new EnumMap<>(RefusalReason.class);

    RefusalLog(Logger log, LongSupplier nanos) {
        this.log = log;
        this.nanos = nanos;
        this.next = new AtomicLong(nanos.getAsLong());
        for (RefusalReason reason : RefusalReason.values()) {
            counts.put(reason, new LongAdder());
        }
    }

    void refused(RefusalReason reason) {
        log.debug("Refused a call: {}", reason);
        Objects.requireNonNull(counts.get(reason)).increment();
        long now = nanos.getAsLong();
        long due = next.get();
        if (now - due >= 0 && next.compareAndSet(due, now + INTERVAL)) {
            log.warn("Refused calls since the last such line: {}", taken());
        }
    }

    private Map<RefusalReason, Long> taken() {
        Map<RefusalReason, Long> taken = new EnumMap<>(RefusalReason.class);
        counts.forEach((reason, adder) -> {
            long count = adder.sumThenReset();
            if (count > 0) {
                taken.put(reason, count);
            }
        });
        return taken;
    }
}
