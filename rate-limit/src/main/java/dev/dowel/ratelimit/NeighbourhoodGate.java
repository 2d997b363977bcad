package dev.dowel.ratelimit;

import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Counts the calls of clients for which no cell is free: together for the network around them (/24 or /48), in a fixed
 * table whose cells several networks may share, and for everybody. So whoever cycles through more addresses than have a
 * cell gets a network's share, and not a client's with each address.
 */
final class NeighbourhoodGate {
    static final int CLIENTS_PER_NEIGHBOURHOOD = 32;

    private static final int CELLS = 1 << 16;
    private static final int EVERYBODY = CELLS;

    private final long seed = new SecureRandom().nextLong();
    private final AtomicLongArray times = new AtomicLongArray(CELLS + 1);
    private final long clients;

    NeighbourhoodGate(long clients) {
        this.clients = clients;
    }

    long bytes() {
        return 8L * times.length();
    }

    /** As {@link CellTable#take}; may spend a neighbourhood's share on a call that is refused for everybody. */
    long take(long high, long low, long now, long amount, long tolerance) {
        long taken = take(cell(high, low), now, ofNeighbourhood(amount), tolerance);
        if (taken < 0) {
            return look(high, low, now, amount, tolerance);
        }
        long all = take(EVERYBODY, now, ofEverybody(amount), tolerance);
        return all < 0 ? all : taken;
    }

    /** As {@link CellTable#look}. */
    long look(long high, long low, long now, long amount, long tolerance) {
        long seen = look(cell(high, low), now, ofNeighbourhood(amount), tolerance);
        long all = look(EVERYBODY, now, ofEverybody(amount), tolerance);
        return all < 0 ? Math.min(seen, all) : seen;
    }

    /** As {@link CellTable#charge}. */
    void charge(long high, long low, long now, long amount, long tolerance) {
        int cell = cell(high, low);
        times.updateAndGet(cell, time -> CellTable.charged(time, now, ofNeighbourhood(amount), tolerance));
        times.updateAndGet(EVERYBODY, time -> CellTable.charged(time, now, ofEverybody(amount), tolerance));
    }

    private int cell(long high, long low) {
        return (int) (Hash.mix(high, low ^ seed) >>> 48) & (CELLS - 1);
    }

    private static long ofNeighbourhood(long amount) {
        return Math.max(1, amount / CLIENTS_PER_NEIGHBOURHOOD);
    }

    private long ofEverybody(long amount) {
        return Math.max(1, amount / clients);
    }

    private long look(int cell, long now, long amount, long tolerance) {
        long ahead = Math.max(0, times.get(cell) - now);
        return ahead + amount <= tolerance ? ahead : tolerance - ahead - amount;
    }

    private long take(int cell, long now, long amount, long tolerance) {
        while (true) {
            long time = times.get(cell);
            long after = Math.max(time, now) + amount;
            if (after - now > tolerance) {
                return -(after - now - tolerance);
            }
            if (times.compareAndSet(cell, time, after)) {
                return after - now;
            }
        }
    }
}
