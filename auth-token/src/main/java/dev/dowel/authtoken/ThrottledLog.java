package dev.dowel.authtoken;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;

/** Warns at most once a minute, with the number of warnings left out, so that a caller cannot fill the log. */
final class ThrottledLog {

    private static final long INTERVAL = Duration.ofMinutes(1).toNanos();

    private final Logger log;
    private final String what;
    private final LongSupplier nanos;
    private final AtomicLong next;
    private final AtomicLong leftOut = new AtomicLong();

    ThrottledLog(Logger log, String what, LongSupplier nanos) {
        this.log = log;
        this.what = what;
        this.nanos = nanos;
        this.next = new AtomicLong(nanos.getAsLong());
    }

    /** Names the class of the failure and no more: its message may hold a token. */
    void failed(RuntimeException failure) {
        failed(failure.getClass().getName());
    }

    /** The problem is in words of our own. */
    void failed(String problem) {
        long now = nanos.getAsLong();
        long due = next.get();
        if (now - due < 0 || !next.compareAndSet(due, now + INTERVAL)) {
            leftOut.incrementAndGet();
            return;
        }
        log.warn("{} failed: {}; {} such warnings left out since the last", what, problem, leftOut.getAndSet(0));
    }
}
