package dev.dowel.ratelimit;

import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Bounds what clients get that are not in the store's memory. A size limit alone is no bound: whoever cycles through more
 * addresses than fit gets a fresh bucket each time. So a first call is also counted for the network around the address
 * (/24 or /48), in a fixed table of cells (the generic cell rate algorithm: one theoretical arrival time each). Networks
 * that share a cell share its ceiling.
 */
final class NewClientGate {
    private static final int CELLS = 1 << 16;
    private static final int CLIENTS_PER_NETWORK = 32;

    /** Random for each process, so that nobody can work out whose ceiling a network of theirs shares. */
    private final long seed = new SecureRandom().nextLong();

    private final AtomicLongArray arrivals = new AtomicLongArray(CELLS);

    NewClientGate(long now) {
        for (int i = 0; i < CELLS; i++) {
            arrivals.set(i, now);
        }
    }

    /** Counts a call that would open a bucket; returns 0 if it may, else in how many nanoseconds the next one may. */
    long nanosToOpen(RateLimitRule rule, ClientKey client, long now) {
        long period = rule.quota().period().toNanos();
        long ceiling = CLIENTS_PER_NETWORK * Math.min(rule.quota().calls(), period / CLIENTS_PER_NETWORK);
        long increment = period / ceiling;
        long tolerance = period - increment;
        int cell = cell(rule, client);
        while (true) {
            long arrival = arrivals.get(cell);
            long start = arrival - now < 0 ? now : arrival;
            if (start - now > tolerance) {
                return start - now - tolerance;
            }
            if (arrivals.compareAndSet(cell, arrival, start + increment)) {
                return 0;
            }
        }
    }

    private int cell(RateLimitRule rule, ClientKey client) {
        long mixed =
                seed ^ (client.coarse() * 31 + (client.kind() == ClientKey.Kind.IPV4 ? 1 : 2)) * 31 + rule.hashCode();
        mixed = (mixed ^ (mixed >>> 32)) * 0x9E3779B97F4A7C15L;
        mixed = (mixed ^ (mixed >>> 29)) * 0xBF58476D1CE4E5B9L;
        return (int) (mixed >>> 48) & (CELLS - 1);
    }
}
