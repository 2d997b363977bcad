package dev.dowel.example.demo;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for a condition, not for a clock. */
final class Wait {
    private static final long PAUSE = Duration.ofMillis(20).toNanos();

    private Wait() {}

    /** Returns once the condition holds; fails with what was waited for after the time given. */
    static void until(String what, Duration atMost, BooleanSupplier condition) {
        long end = System.nanoTime() + atMost.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new StepFailed("waited " + atMost.toSeconds() + " s in vain until " + what);
            }
            LockSupport.parkNanos(PAUSE);
        }
    }
}
