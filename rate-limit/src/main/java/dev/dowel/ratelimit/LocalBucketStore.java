package dev.dowel.ratelimit;

import java.util.List;
import java.util.function.LongSupplier;

/**
 * Counts in this process, in memory that is taken once and never grows. Each client has a cell of its own for each quota,
 * and gives it up to others when it has its full quota anyway. Should there be more busy clients than cells, those without
 * one are counted by the network around them: a /24, or a /48 in IPv6. The /56 and the /48 around an IPv6 client may make 8
 * and 32 times the calls of one client, so that a client cannot multiply its limit by the addresses it was given. Time is
 * monotonic; setting the wall clock changes nothing. Safe for use by several threads.
 */
public final class LocalBucketStore implements BucketStore {
    private static final long DEFAULT_CLIENTS = 100_000;
    private static final long MOST_CLIENTS = 50_000_000;
    private static final int CLIENTS_PER_56 = 8;
    private static final int CLIENTS_PER_48 = NeighbourhoodGate.CLIENTS_PER_NEIGHBOURHOOD;

    // What the second half of an address's key says it is. Neither is a part of the other, nor is a hash likely to be.
    private static final long IPV4 = 0x41;
    private static final long IPV6 = 0x61;
    private static final long IPV6_56 = 0x62;
    private static final long IPV6_48 = 0x63;
    private static final long UNKNOWN = 0x01;

    /** A client that invents texts has no network that is known here: all of them share one. */
    private static final long UNKNOWN_NETWORK = 0;

    private final LongSupplier nanos;
    private final long start;
    private final CellTable cells;
    private final NeighbourhoodGate gate;

    /** Has cells for 100,000 clients, which take 4.4 MB. */
    public LocalBucketStore() {
        this(DEFAULT_CLIENTS);
    }

    /**
     * Has cells for so many clients with one quota each; an IPv6 client may need three.
     *
     * @param clients 1 to 50,000,000; each takes 39 bytes, and all together half a megabyte more
     * @throws IllegalArgumentException if the number is out of its range
     */
    public LocalBucketStore(long clients) {
        this(clients, System::nanoTime);
    }

    LocalBucketStore(long clients, LongSupplier nanos) {
        if (clients < 1 || clients > MOST_CLIENTS) {
            throw new IllegalArgumentException("clients is 1 to " + MOST_CLIENTS + ", not " + clients);
        }
        this.nanos = nanos;
        this.start = nanos.getAsLong() - 1;
        // With five of eight cells in use, one set in fifteen is full.
        this.cells = new CellTable(clients * 8 / 5 + 1);
        this.gate = new NeighbourhoodGate(clients);
    }

    private long now() {
        return nanos.getAsLong() - start;
    }

    long cells() {
        return cells.size();
    }

    long bytes() {
        return cells.bytes() + gate.bytes();
    }

    @Override
    public Decision tryConsume(RateLimitRule rule, RateLimitKey key, long cost) {
        List<Quota> quotas = rule.quotas();
        return quotas.size() == 1 ? take(rule, 0, key, cost) : takeAll(rule, key, cost);
    }

    private Decision takeAll(RateLimitRule rule, RateLimitKey key, long cost) {
        Decision least = take(rule, 0, key, cost);
        for (int quota = 1; quota < rule.quotas().size() && least.allowed(); quota++) {
            Decision next = take(rule, quota, key, cost);
            if (!next.allowed()) {
                for (int taken = 0; taken < quota; taken++) {
                    giveBack(rule, taken, key, cost);
                }
            }
            least = next.allowed() && next.remaining() >= least.remaining() ? least : next;
        }
        return least.allowed() ? least : latest(rule, key, cost, least);
    }

    /** Of the quotas that refuse, the one that allows the call last; those before the refusal given allow it now. */
    private Decision latest(RateLimitRule rule, RateLimitKey key, long cost, Decision refused) {
        Decision latest = refused;
        for (int quota = refused.quota() + 1; quota < rule.quotas().size(); quota++) {
            Decision next = look(rule, quota, key, cost);
            latest = next.nanosToRetry() > latest.nanosToRetry() ? next : latest;
        }
        return latest;
    }

    private Decision take(RateLimitRule rule, int index, RateLimitKey key, long cost) {
        long limit = rule.version() + index;
        return decision(rule, index, take(key, limit, now(), amount(rule, index, cost), rule.tolerance(index)));
    }

    private static Decision decision(RateLimitRule rule, int index, long ahead) {
        long full = rule.tolerance(index);
        return ahead >= 0
                ? Decision.allowed((full - ahead) / rule.interval(index), ahead, index)
                : Decision.refused(-ahead, full - ahead, index);
    }

    /** Returns what a call costs in nanoseconds. */
    private static long amount(RateLimitRule rule, int index, long cost) {
        return Math.min(cost, rule.quotas().get(index).burst()) * rule.interval(index);
    }

    private long take(RateLimitKey key, long limit, long now, long amount, long full) {
        if (key instanceof ClientAddress address) {
            long low = limit ^ kind(address);
            long ahead = cells.take(address.network(), low, now, amount, full);
            if (ahead == CellTable.HOMELESS) {
                return gate.take(address.neighbourhood(), low, now, amount, full);
            }
            return address.isIpv6() ? ceilings(address, limit, now, amount, full, ahead) : ahead;
        }
        HashedKey hashed = (HashedKey) key;
        long ahead = cells.take(hashed.high(), hashed.low() ^ limit, now, amount, full);
        return ahead == CellTable.HOMELESS ? gate.take(UNKNOWN_NETWORK, limit, now, amount, full) : ahead;
    }

    private long ceilings(ClientAddress address, long limit, long now, long amount, long full, long ahead) {
        if (ahead < 0) {
            return lookAtCeilings(address, limit, now, amount, full, ahead);
        }
        long net56 = net56(address);
        long in56 = cells.take(net56, limit ^ IPV6_56, now, of56(amount), full);
        if (in56 < 0 && in56 != CellTable.HOMELESS) {
            cells.giveBack(address.network(), limit ^ IPV6, amount);
            return lookAtCeilings(address, limit, now, amount, full, in56);
        }
        long in48 = cells.take(net48(address), limit ^ IPV6_48, now, of48(amount), full);
        if (in48 < 0 && in48 != CellTable.HOMELESS) {
            cells.giveBack(address.network(), limit ^ IPV6, amount);
            cells.giveBack(net56, limit ^ IPV6_56, of56(amount));
            return in48;
        }
        return ahead;
    }

    private static long net56(ClientAddress address) {
        return address.network() & (-1L << 8);
    }

    private static long net48(ClientAddress address) {
        return address.network() & (-1L << 16);
    }

    private static long of56(long amount) {
        return Math.max(1, amount / CLIENTS_PER_56);
    }

    private static long of48(long amount) {
        return Math.max(1, amount / CLIENTS_PER_48);
    }

    @Override
    public Decision look(RateLimitRule rule, RateLimitKey key, long cost) {
        Decision least = look(rule, 0, key, cost);
        for (int quota = 1; quota < rule.quotas().size() && least.allowed(); quota++) {
            Decision next = look(rule, quota, key, cost);
            least = next.allowed() && next.remaining() >= least.remaining() ? least : next;
        }
        return least.allowed() ? least : latest(rule, key, cost, least);
    }

    private Decision look(RateLimitRule rule, int index, RateLimitKey key, long cost) {
        long limit = rule.version() + index;
        return decision(rule, index, look(key, limit, now(), amount(rule, index, cost), rule.tolerance(index)));
    }

    private long look(RateLimitKey key, long limit, long now, long amount, long full) {
        if (key instanceof ClientAddress address) {
            long low = limit ^ kind(address);
            long ahead = cells.look(address.network(), low, now, amount, full);
            if (ahead == CellTable.HOMELESS) {
                return gate.look(address.neighbourhood(), low, now, amount, full);
            }
            return address.isIpv6() ? lookAtCeilings(address, limit, now, amount, full, ahead) : ahead;
        }
        HashedKey hashed = (HashedKey) key;
        long ahead = cells.look(hashed.high(), hashed.low() ^ limit, now, amount, full);
        return ahead == CellTable.HOMELESS ? gate.look(UNKNOWN_NETWORK, limit, now, amount, full) : ahead;
    }

    private long lookAtCeilings(ClientAddress address, long limit, long now, long amount, long full, long ahead) {
        long in56 = cells.look(net56(address), limit ^ IPV6_56, now, of56(amount), full);
        long in48 = cells.look(net48(address), limit ^ IPV6_48, now, of48(amount), full);
        long least = in56 < 0 && in56 != CellTable.HOMELESS ? Math.min(ahead, in56) : ahead;
        return in48 < 0 && in48 != CellTable.HOMELESS ? Math.min(least, in48) : least;
    }

    @Override
    public void charge(RateLimitRule rule, RateLimitKey key, long cost) {
        long now = now();
        for (int quota = 0; quota < rule.quotas().size(); quota++) {
            charge(key, rule.version() + quota, now, amount(rule, quota, cost), rule.tolerance(quota));
        }
    }

    private void charge(RateLimitKey key, long limit, long now, long amount, long full) {
        if (key instanceof ClientAddress address) {
            long low = limit ^ kind(address);
            if (cells.charge(address.network(), low, now, amount, full) == CellTable.HOMELESS) {
                gate.charge(address.neighbourhood(), low, now, amount, full);
            } else if (address.isIpv6()) {
                cells.charge(net56(address), limit ^ IPV6_56, now, of56(amount), full);
                cells.charge(net48(address), limit ^ IPV6_48, now, of48(amount), full);
            }
        } else if (key instanceof HashedKey hashed
                && cells.charge(hashed.high(), hashed.low() ^ limit, now, amount, full) == CellTable.HOMELESS) {
            gate.charge(UNKNOWN_NETWORK, limit, now, amount, full);
        }
    }

    @Override
    public void giveBack(RateLimitRule rule, RateLimitKey key, long cost) {
        for (int quota = 0; quota < rule.quotas().size(); quota++) {
            giveBack(rule, quota, key, cost);
        }
    }

    private void giveBack(RateLimitRule rule, int index, RateLimitKey key, long cost) {
        long limit = rule.version() + index;
        long amount = amount(rule, index, cost);
        if (key instanceof ClientAddress address) {
            cells.giveBack(address.network(), limit ^ kind(address), amount);
            if (address.isIpv6()) {
                cells.giveBack(net56(address), limit ^ IPV6_56, of56(amount));
                cells.giveBack(net48(address), limit ^ IPV6_48, of48(amount));
            }
        } else if (key instanceof HashedKey hashed) {
            cells.giveBack(hashed.high(), hashed.low() ^ limit, amount);
        }
    }

    /** Refuses the key's calls of this cost, or more, for so long, as a store said that others share; no less than before. */
    void refuse(RateLimitRule rule, RateLimitKey key, long cost, Decision refused) {
        int index = refused.quota();
        long limit = rule.version() + index;
        long now = now();
        long to = now + refused.nanosToRetry() + rule.tolerance(index) - amount(rule, index, cost);
        if (key instanceof ClientAddress address) {
            cells.raise(address.network(), limit ^ kind(address), now, to);
        } else if (key instanceof HashedKey hashed) {
            cells.raise(hashed.high(), hashed.low() ^ limit, now, to);
        }
    }

    private static long kind(ClientAddress address) {
        if (address.isIpv4()) {
            return IPV4;
        }
        return address.isUnknown() ? UNKNOWN : IPV6;
    }

    /** Does nothing: there is only memory. */
    @Override
    public void close() {}
}
