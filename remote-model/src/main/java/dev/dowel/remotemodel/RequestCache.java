package dev.dowel.remotemodel;

import dev.dowel.remotemodel.CallListener.CacheResult;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What was read for one inbound request. Bounded; the least recently used goes first. The lock is never held during I/O.
 */
final class RequestCache {

    static final int MAX_ENTRIES = 1_000;
    static final long MAX_BYTES = 16L * 1024 * 1024;

    private final Map<CacheKey, Reply> entries = new LinkedHashMap<>(4, 0.75f, true);
    private Map<EntityScope, Long> generations = Map.of();
    private final Map<EntityScope, Integer> singleGets = new HashMap<>(2);
    private final ConcurrentHashMap<FlightKey, Flight> flights = new ConcurrentHashMap<>(1);
    private long bytes;
    private boolean closed;

    /** A write moves readers to a new generation, so none of them joins a read that began before the write. */
    private record FlightKey(CacheKey key, long generation) {}

    /**
     * Returns what is stored, else loads it once for all threads that ask at the same time. Waits as long as {@code
     * patience}, which is less than the limit of the call when the request ends before.
     */
    Reply read(CacheKey key, Duration limit, Duration patience, Consumer<CacheResult> told, Supplier<Reply> load) {
        long end = System.nanoTime() + patience.toNanos();
        while (true) {
            Reply hit = peek(key);
            if (hit != null) {
                told.accept(CacheResult.HIT);
                return hit;
            }
            if (isClosed()) {
                told.accept(CacheResult.MISS);
                return load.get();
            }
            FlightKey flightKey = new FlightKey(key, generation(key.scope()));
            Flight mine = new Flight(limit);
            Flight other = flights.putIfAbsent(flightKey, mine);
            if (other == null) {
                return fly(flightKey, mine, load, told);
            }
            if (other.isShorterThan(limit) && !other.isMine()) {
                // Those who come later wait for the one with more time.
                if (flights.replace(flightKey, other, mine)) {
                    return fly(flightKey, mine, load, told);
                }
                continue;
            }
            if (other.isMine()) {
                told.accept(CacheResult.MISS);
                return load.get();
            }
            Reply shared = other.await(end - System.nanoTime());
            if (shared != null) {
                told.accept(CacheResult.COALESCED);
                return shared;
            }
        }
    }

    /** Loads whatever is stored, and stores what came. */
    Reply readAfresh(CacheKey key, Supplier<Reply> load) {
        // Of a new generation, so that a slower read that began before does not replace it.
        long generation = nextGeneration(key.scope());
        Reply reply = load.get();
        store(key, reply, generation);
        return reply;
    }

    private Reply fly(FlightKey key, Flight flight, Supplier<Reply> load, Consumer<CacheResult> told) {
        @Nullable Reply reply = null;
        @Nullable RemoteModelException failure = null;
        try {
            // The flight before this one may have landed between our look-up and our claim.
            reply = peek(key.key());
            told.accept(reply == null ? CacheResult.MISS : CacheResult.HIT);
            if (reply == null) {
                reply = load.get();
                store(key.key(), reply, key.generation());
            }
            return reply;
        } catch (RemoteModelException e) {
            // An interrupt is the owner's affair: the waiters are let go without a result and one of them takes over.
            failure = Thread.currentThread().isInterrupted() ? null : e;
            throw e;
        } finally {
            flights.remove(key, flight);
            flight.land(reply, failure);
        }
    }

    synchronized @Nullable Reply peek(CacheKey key) {
        return entries.get(key);
    }

    synchronized long generation(EntityScope scope) {
        return generations.getOrDefault(scope, 0L);
    }

    /** Stores a reply unless a write came in between or the request is over. */
    synchronized void store(CacheKey key, Reply reply, long generation) {
        long weight = key.weight() + reply.weight();
        if (closed || generation(key.scope()) != generation) {
            return;
        }
        remove(key);
        if (!reply.storable() || weight > MAX_BYTES) {
            return;
        }
        entries.put(key, reply);
        bytes += weight;
        if (entries.size() <= MAX_ENTRIES && bytes <= MAX_BYTES) {
            return;
        }
        Iterator<Map.Entry<CacheKey, Reply>> eldest = entries.entrySet().iterator();
        while (entries.size() > MAX_ENTRIES || bytes > MAX_BYTES) {
            Map.Entry<CacheKey, Reply> entry = eldest.next();
            bytes -= entry.getKey().weight() + entry.getValue().weight();
            eldest.remove();
        }
    }

    /** A creation may change every list and make an absent entity exist. */
    void created(EntityScope scope) {
        drop(
                scope,
                key -> !key.item() || entries.getOrDefault(key, Reply.ABSENT).absent());
    }

    /** A change of one entity drops it, whoever read it, and every list. */
    void changed(EntityScope scope, String id) {
        drop(scope, key -> !key.item() || key.what().equals(id));
    }

    /** Everything that was read of these entities may have changed. */
    void outdated(EntityScope scope) {
        drop(scope, key -> true);
    }

    private synchronized void drop(EntityScope scope, Predicate<CacheKey> outdated) {
        nextGeneration(scope);
        // Collected first, because a look-up in access order counts as a change.
        for (CacheKey key : entries.keySet().stream()
                .filter(key -> key.scope().equals(scope))
                .toList()) {
            if (outdated.test(key)) {
                remove(key);
            }
        }
    }

    /** Forgets one entry, such as a text that turned out not to be what was promised. */
    synchronized void remove(CacheKey key) {
        Reply reply = entries.remove(key);
        if (reply != null) {
            bytes -= key.weight() + reply.weight();
        }
    }

    private synchronized long nextGeneration(EntityScope scope) {
        generations = generations.isEmpty() ? new HashMap<>() : generations;
        return generations.merge(scope, 1L, Long::sum);
    }

    /** Counts a single get that went over the network; returns the number so far. */
    synchronized int countSingleGet(EntityScope scope) {
        return singleGets.merge(scope, 1, Integer::sum);
    }

    synchronized void close() {
        closed = true;
        entries.clear();
        bytes = 0;
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    synchronized int size() {
        return entries.size();
    }

    synchronized long bytes() {
        return bytes;
    }
}
