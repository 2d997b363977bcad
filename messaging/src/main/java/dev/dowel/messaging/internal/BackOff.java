package dev.dowel.messaging.internal;

import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongUnaryOperator;

/** How long to wait before the next attempt to connect. The jitter keeps many services from coming back at once. */
final class BackOff {
    static final long LONGEST = 10_000;
    private static final long FIRST = 200;

    private final LongUnaryOperator random;

    BackOff() {
        this(bound -> ThreadLocalRandom.current().nextLong(bound));
    }

    /** The operator returns a number of 0 to its argument, exclusive. */
    BackOff(LongUnaryOperator random) {
        this.random = random;
    }

    /** Returns 1 ms to 0.2 s, doubled for each failure before the last one up to 10 s: full jitter. */
    long millis(int failures) {
        return 1 + random.applyAsLong(Math.min(LONGEST, FIRST << Math.min(Math.max(0, failures - 1), 10)));
    }

    /** Returns 5 to 10 s, for what somebody must mend first. */
    long slowMillis() {
        return LONGEST / 2 + 1 + random.applyAsLong(LONGEST / 2);
    }
}
