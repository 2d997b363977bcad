package dev.dowel.ratelimit;

import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Who is blocked, and for how long the next time. Bounded: of more clients than there are cells for, some are not blocked,
 * only limited. A cell's time is when its client is forgotten, with the number of blocks so far in the lowest bits.
 */
final class Penalties {
    private static final long CLIENTS = 50_000;
    private static final long LEVELS = 0x1f;

    private final LongSupplier nanos;
    private final long start;
    private volatile @Nullable CellTable cells;

    Penalties(LongSupplier nanos) {
        this.nanos = nanos;
        this.start = nanos.getAsLong() - 1;
    }

    private long now() {
        return nanos.getAsLong() - start;
    }

    /** Takes its memory with the first block: most rules have no penalty. */
    private CellTable known() {
        @Nullable CellTable made = cells;
        return made == null ? make() : made;
    }

    private synchronized CellTable make() {
        @Nullable CellTable made = cells;
        if (made == null) {
            made = new CellTable(CLIENTS);
            cells = made;
        }
        return made;
    }

    /** Returns for how many nanoseconds the key is blocked; 0 if it is not. */
    long left(RateLimitRule rule, RateLimitRule.Penalty penalty, RateLimitKey key) {
        @Nullable CellTable known = cells;
        if (known == null) {
            return 0;
        }
        HashedKey place = HashedKey.of(rule, key);
        long forgotten = known.time(place.high(), place.low());
        return forgotten == 0
                ? 0
                : Math.max(0, (forgotten & ~LEVELS) - penalty.longest().toNanos() - now());
    }

    /**
     * Blocks a key that was refused while it was not blocked, until the quotas allow its call at least; returns for how many
     * nanoseconds.
     */
    long block(RateLimitRule rule, RateLimitRule.Penalty penalty, RateLimitKey key, long nanosToRetry) {
        CellTable known = known();
        HashedKey place = HashedKey.of(rule, key);
        long now = now();
        long before = known.time(place.high(), place.low());
        long level = before > now ? Math.min(LEVELS, (before & LEVELS) + 1) : 0;
        long longest = penalty.longest().toNanos();
        long first = penalty.first().toNanos();
        long block = Math.max(nanosToRetry, first > (longest >> level) ? longest : first << level);
        long forgotten = ((now + block + longest) & ~LEVELS) | level;
        known.raise(place.high(), place.low(), now, forgotten);
        return block;
    }
}
