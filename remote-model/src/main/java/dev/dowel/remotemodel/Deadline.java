package dev.dowel.remotemodel;

import java.time.Duration;
import java.util.function.LongSupplier;

/** When something must be over, on a clock that never goes back. */
record Deadline(long end, LongSupplier nanos) {

    private static final Duration LONGEST = Duration.ofDays(365);

    static Deadline in(Duration left, LongSupplier nanos) {
        Duration bounded = left.compareTo(LONGEST) < 0 ? left : LONGEST;
        return new Deadline(nanos.getAsLong() + bounded.toNanos(), nanos);
    }

    /** Checks an option; the text names it. */
    static Duration requireTimeout(String parameter, Duration value) {
        if (value.isNegative() || value.isZero() || value.compareTo(Duration.ofHours(1)) > 0) {
            throw new IllegalArgumentException(parameter + " must be positive and at most PT1H but is " + value);
        }
        return value;
    }

    /** The time left, never negative. */
    Duration left() {
        return Duration.ofNanos(Math.max(0, end - nanos.getAsLong()));
    }
}
