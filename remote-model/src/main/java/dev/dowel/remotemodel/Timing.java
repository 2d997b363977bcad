package dev.dowel.remotemodel;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Time, chance and sleep, replaceable so that tests of retries take no time. */
record Timing(LongSupplier nanos, Supplier<Instant> now, DoubleSupplier random, Sleeper sleeper) {

    static final Timing SYSTEM = new Timing(
            System::nanoTime,
            Instant::now,
            () -> ThreadLocalRandom.current().nextDouble(),
            pause -> Thread.sleep(pause.toMillis(), pause.toNanosPart() % 1_000_000));

    /** {@link Thread#sleep} or a stand-in. */
    interface Sleeper {
        void sleep(Duration pause) throws InterruptedException;
    }
}
