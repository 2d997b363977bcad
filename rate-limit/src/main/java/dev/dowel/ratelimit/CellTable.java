package dev.dowel.ratelimit;

import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * A fixed number of cells, each with a key of 128 bits and a time: the generic cell rate algorithm's theoretical arrival
 * time, when all that the key has used will have come back. A cell whose time has passed says the same as no cell, so it
 * goes to the next key that needs one; nothing that matters is ever forgotten, and the memory is what the constructor took.
 *
 * <p>A key has its place in one set of eight cells. Who has a cell is served by compare-and-swap on its time alone; who
 * needs one takes the lock of the set's stripe. A time only grows when its cell changes hands, so a swap that was prepared
 * for one key cannot hit the next. Times are positive and come from one monotonic clock.
 */
final class CellTable {
    /** Instead of a result: all cells of the set are in use by others. */
    static final long HOMELESS = Long.MIN_VALUE;

    private static final int WAYS = 8;
    private static final int STRIPES = 256;
    private static final long CHANGING = Long.MIN_VALUE;
    private static final int ABSENT = -1;

    /** Random for each process, so that nobody can work out whose set theirs shares. */
    private final long seed = new SecureRandom().nextLong();

    /** Of each set the eight upper halves of the keys, the eight lower ones, the eight times. */
    private final AtomicLongArray words;

    private final Object[] stripes = new Object[STRIPES];
    private final int sets;

    CellTable(long cells) {
        this.sets = Math.toIntExact((cells + WAYS - 1) / WAYS);
        this.words = new AtomicLongArray(Math.multiplyExact(sets, 3 * WAYS));
        for (int i = 0; i < STRIPES; i++) {
            stripes[i] = new Object();
        }
    }

    long size() {
        return (long) sets * WAYS;
    }

    long bytes() {
        return 8L * words.length();
    }

    /**
     * Adds an amount to a key's time, if that comes to lie no more than the tolerance ahead; else changes nothing. Returns
     * how far ahead it lies; if it was refused, how much too far, as a negative number; or {@link #HOMELESS}.
     */
    long take(long high, long low, long now, long amount, long tolerance) {
        int set = set(high, low);
        while (true) {
            int cell = find(set, high, low);
            if (cell == ABSENT) {
                if (claim(set, high, low, now, now + amount)) {
                    return amount;
                }
                if (find(set, high, low) == ABSENT) {
                    return HOMELESS;
                }
                continue;
            }
            long time = words.get(cell);
            if (time == CHANGING || !belongs(cell, high, low)) {
                Thread.onSpinWait();
                continue;
            }
            long after = Math.max(time, now) + amount;
            if (after - now > tolerance) {
                return -(after - now - tolerance);
            }
            if (words.compareAndSet(cell, time, after)) {
                return after - now;
            }
        }
    }

    /** As {@link #take}, but changes nothing, and returns how far ahead the time lies without the amount. */
    long look(long high, long low, long now, long amount, long tolerance) {
        int set = set(high, low);
        if (find(set, high, low) == ABSENT && !anyFree(set, now) && find(set, high, low) == ABSENT) {
            return HOMELESS;
        }
        long ahead = Math.max(0, time(high, low) - now);
        return ahead + amount <= tolerance ? ahead : tolerance - ahead - amount;
    }

    /** Adds an amount to a key's time, but not so that it comes to lie more than the tolerance ahead; or {@link #HOMELESS}. */
    long charge(long high, long low, long now, long amount, long tolerance) {
        int set = set(high, low);
        while (true) {
            int cell = find(set, high, low);
            if (cell == ABSENT) {
                if (claim(set, high, low, now, now + amount)) {
                    return amount;
                }
                if (find(set, high, low) == ABSENT) {
                    return HOMELESS;
                }
                continue;
            }
            long time = words.get(cell);
            long after = charged(time, now, amount, tolerance);
            if (time != CHANGING && belongs(cell, high, low) && words.compareAndSet(cell, time, after)) {
                return after - now;
            }
        }
    }

    /** The time after a charge; one that lies further ahead already stays. */
    static long charged(long time, long now, long amount, long tolerance) {
        return Math.max(time, Math.min(Math.max(time, now) + amount, now + tolerance));
    }

    /** Returns a key's time; 0 if it has none. */
    long time(long high, long low) {
        int set = set(high, low);
        while (true) {
            int cell = find(set, high, low);
            if (cell == ABSENT) {
                return 0;
            }
            long time = words.get(cell);
            if (time != CHANGING && belongs(cell, high, low) && words.get(cell) == time) {
                return time;
            }
        }
    }

    /** Takes an amount off a key's time, if it has one. */
    void giveBack(long high, long low, long amount) {
        int set = set(high, low);
        while (true) {
            int cell = find(set, high, low);
            if (cell == ABSENT) {
                return;
            }
            long time = words.get(cell);
            if (time != CHANGING
                    && belongs(cell, high, low)
                    && words.compareAndSet(cell, time, Math.max(0, time - amount))) {
                return;
            }
        }
    }

    /** Makes a key's time at least this one, if there is a cell for it. */
    void raise(long high, long low, long now, long to) {
        int set = set(high, low);
        while (true) {
            int cell = find(set, high, low);
            if (cell == ABSENT) {
                if (claim(set, high, low, now, to) || find(set, high, low) == ABSENT) {
                    return;
                }
                continue;
            }
            long time = words.get(cell);
            if (time != CHANGING && belongs(cell, high, low) && (time >= to || words.compareAndSet(cell, time, to))) {
                return;
            }
        }
    }

    /** Gives a key a cell that nobody needs; returns whether it did: not if the key has one meanwhile, or all are in use. */
    private boolean claim(int set, long high, long low, long now, long time) {
        synchronized (stripes[set & (STRIPES - 1)]) {
            if (find(set, high, low) != ABSENT) {
                return false;
            }
            int first = times(set);
            for (int cell = first; cell < first + WAYS; cell++) {
                long old = words.get(cell);
                if (old < now && words.compareAndSet(cell, old, CHANGING)) {
                    words.set(cell - 2 * WAYS, high);
                    words.set(cell - WAYS, low);
                    words.set(cell, time);
                    return true;
                }
            }
            return false;
        }
    }

    private boolean anyFree(int set, long now) {
        int first = times(set);
        for (int cell = first; cell < first + WAYS; cell++) {
            if (words.get(cell) < now) {
                return true;
            }
        }
        return false;
    }

    private int find(int set, long high, long low) {
        int first = times(set);
        for (int cell = first; cell < first + WAYS; cell++) {
            if (belongs(cell, high, low)) {
                return cell;
            }
        }
        return ABSENT;
    }

    private boolean belongs(int cell, long high, long low) {
        return words.get(cell - 2 * WAYS) == high && words.get(cell - WAYS) == low;
    }

    private static int times(int set) {
        return set * 3 * WAYS + 2 * WAYS;
    }

    private int set(long high, long low) {
        return (int) (((Hash.mix(high, low ^ seed) >>> 32) * sets) >>> 32);
    }
}
