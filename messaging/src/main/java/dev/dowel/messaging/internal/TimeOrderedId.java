package dev.dowel.messaging.internal;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/** Makes UUIDs of version 7 (RFC 9562): they begin with the time, so an index over them stays compact. */
public final class TimeOrderedId {
    private static final int FRACTION_BITS = 12;
    private static final long FRACTION = (1L << FRACTION_BITS) - 1;
    private static final SecureRandom RANDOM = new SecureRandom();
    /** The last id's milliseconds and 4096ths of them. */
    private static final AtomicLong LAST = new AtomicLong();

    private TimeOrderedId() {}

    /**
     * Makes an id, greater than every id made before in this process, also when the clock is set back.
     *
     * @return a UUID in its usual form
     */
    public static String next() {
        Instant now = Instant.now();
        long millis = now.getEpochSecond() * 1_000 + now.getNano() / 1_000_000;
        long fraction = ((now.getNano() % 1_000_000L) << FRACTION_BITS) / 1_000_000;
        long clock = (millis << FRACTION_BITS) | fraction;
        long time = LAST.accumulateAndGet(clock, (last, read) -> Math.max(last + 1, read));
        long high = ((time >>> FRACTION_BITS) << 16) | 0x7000L | (time & FRACTION);
        long low = (RANDOM.nextLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
        return new UUID(high, low).toString();
    }
}
