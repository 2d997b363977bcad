package dev.dowel.benchmarks.messaging.contenders;

import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** Counts what was confirmed or handled. Safe for use by several threads. */
public final class Tally {

    private static final int MOST_LATENCIES = 2_000_000;

    private final LongAdder done = new LongAdder();
    private final CompletableFuture<Void> failure = new CompletableFuture<>();
    private final AtomicInteger recorded = new AtomicInteger();
    private volatile long[] latencies = {};
    private volatile boolean over;

    /** Counts one message, which was due at this time of {@link System#nanoTime()}. */
    public void done(long due) {
        done.increment();
        long[] into = latencies;
        if (into.length > 0) {
            record(into, System.nanoTime() - due);
        }
    }

    /** Counts several whose latencies in nanoseconds somebody else has measured; there may be fewer of these. */
    public void done(int count, long[] nanos) {
        done.add(count);
        long[] into = latencies;
        if (into.length > 0) {
            Arrays.stream(nanos).forEach(one -> record(into, one));
        }
    }

    private void record(long[] into, long nanos) {
        int index = recorded.getAndIncrement();
        if (index < into.length) {
            into[index] = nanos;
        }
    }

    /** Makes the measurement fail, unless it is over. */
    public void failed(Throwable cause) {
        if (!over) {
            failure.completeExceptionally(cause);
        }
    }

    /** Returns how many were counted. */
    public long count() {
        return done.sum();
    }

    /** Begins to keep latencies. */
    public void recordLatencies() {
        recorded.set(0);
        latencies = new long[MOST_LATENCIES];
    }

    /** Returns the latencies kept, in nanoseconds, the shortest first. */
    public long[] latencies() {
        long[] sorted = Arrays.copyOf(latencies, Math.min(recorded.get(), latencies.length));
        Arrays.sort(sorted);
        return sorted;
    }

    /** Returns what never completes but with the first failure. */
    public CompletableFuture<Void> failure() {
        return failure;
    }

    /** Tells the contender to stop; what fails from now on is nobody's concern. */
    public void end() {
        over = true;
    }

    /** Tells whether it is to stop. */
    public boolean over() {
        return over;
    }
}
