package dev.dowel.benchmarks.messaging;

import com.sun.management.OperatingSystemMXBean;
import dev.dowel.benchmarks.messaging.contenders.Tally;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/** A moment of a tally, the first of two that a sample is made of. */
public record Measurement(Tally tally, long count, long nanos, long cpuNanos) {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(1);

    /** Remembers what was counted until now. */
    public static Measurement begin(Tally tally) {
        return new Measurement(tally, tally.count(), System.nanoTime(), cpu());
    }

    /** Returns what was counted since. */
    public Sample end() {
        Measurement now = begin(tally);
        if (now.count == count) {
            throw new IllegalStateException("nothing happened while it was measured");
        }
        return Sample.of(now.count - count, now.nanos - nanos, now.cpuNanos - cpuNanos, tally.latencies());
    }

    private static long cpu() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }

    /** Lets the work go on for a while, or throws what it failed with. */
    public static void let(Tally tally, Duration time) throws ExecutionException, InterruptedException {
        try {
            tally.failure().get(time.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException asItShould) {
            // Nothing failed.
        }
    }

    /** Lets the work go on until so many were counted, or throws what it failed with, or when it stands still. */
    public static void awaitCount(Tally tally, long count) throws ExecutionException, InterruptedException {
        long last = -1;
        long since = System.nanoTime();
        for (long now = tally.count(); now < count; now = tally.count()) {
            if (tally.failure().isDone()) {
                tally.failure().get();
            }
            if (now > last) {
                last = now;
                since = System.nanoTime();
            } else if (System.nanoTime() - since > PATIENCE.toNanos()) {
                throw new IllegalStateException(now + " of " + count + ", and no more for " + PATIENCE);
            }
            LockSupport.parkNanos(PAUSE);
        }
    }
}
