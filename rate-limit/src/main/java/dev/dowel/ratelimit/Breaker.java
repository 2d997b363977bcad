package dev.dowel.ratelimit;

import dev.dowel.ratelimit.RateLimitListener.StoreState;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Stops asking a store that fails, and finds out with one call at a time whether it is back. */
final class Breaker {
    private static final Logger LOG = LoggerFactory.getLogger(ResilientBucketStore.class);

    /** Whether the store may be asked. */
    enum Permit {
        NO,
        YES,
        PROBE
    }

    private final int failuresToOpen;
    private final long pause;
    private final LongSupplier nanos;
    private final Consumer<StoreState> changed;
    private final AtomicInteger failures = new AtomicInteger();
    private final AtomicBoolean probing = new AtomicBoolean();
    private final AtomicBoolean open = new AtomicBoolean();
    private volatile long nextProbe;

    Breaker(int failuresToOpen, long pause, LongSupplier nanos, Consumer<StoreState> changed) {
        this.failuresToOpen = failuresToOpen;
        this.pause = pause;
        this.nanos = nanos;
        this.changed = changed;
    }

    Permit permit() {
        if (!open.get()) {
            return Permit.YES;
        }
        boolean due = nanos.getAsLong() - nextProbe >= 0;
        return due && probing.compareAndSet(false, true) ? Permit.PROBE : Permit.NO;
    }

    /** Asks with a permit, and learns from how that goes. What the question throws goes on to the caller. */
    <T> T ask(Permit permit, Supplier<T> question) {
        T answer;
        try {
            answer = question.get();
        } catch (RuntimeException | Error e) {
            failed(permit, e);
            throw e;
        } finally {
            if (permit == Permit.PROBE) {
                probing.set(false);
            }
        }
        succeeded(permit);
        return answer;
    }

    private void succeeded(Permit permit) {
        if (permit == Permit.YES) {
            if (failures.get() != 0) {
                failures.set(0);
            }
            return;
        }
        failures.set(0);
        if (open.compareAndSet(true, false)) {
            LOG.info("The shared rate limit store is back");
            changed.accept(StoreState.SHARED);
        }
    }

    private void failed(Permit permit, Throwable failure) {
        if (permit == Permit.PROBE) {
            nextProbe = nanos.getAsLong() + pause;
        } else if (failures.incrementAndGet() >= failuresToOpen) {
            nextProbe = open.get() ? nextProbe : nanos.getAsLong() + pause;
            if (open.compareAndSet(false, true)) {
                // The kind of failure only: a store's message may have anything in it.
                LOG.warn(
                        "The shared rate limit store does not answer ({}); it is tried again every {} ms",
                        kind(failure),
                        pause / 1_000_000);
                changed.accept(StoreState.AWAY);
            }
        }
    }

    private static String kind(Throwable failure) {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        return cause.getClass().getSimpleName();
    }
}
