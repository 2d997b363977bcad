package dev.dowel.remotemodel;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * How often each client called each version. Callers choose both, so both are bounded: each declared version has room for
 * so many clients, all the others together for as many again, and who finds none is counted as {@link #OTHER}.
 */
final class CallCounts {

    static final String OTHER = "other";

    private final ConcurrentHashMap<Key, Count> counts = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> room;
    private final AtomicInteger roomForUndeclared;

    private record Key(String version, String client) {}

    private static final class Count {
        private final AtomicLong calls = new AtomicLong();
        private final AtomicLong lastSeen = new AtomicLong(Long.MIN_VALUE);
    }

    CallCounts(Set<String> declared, int clients) {
        room = declared.stream().collect(Collectors.toMap(Function.identity(), version -> new AtomicInteger(clients)));
        roomForUndeclared = new AtomicInteger(clients);
    }

    /** Counts a call; returns the name it was counted under. */
    String add(String version, String client, Instant now) {
        Key key = new Key(version, client);
        Count known = counts.get(key);
        if (known == null) {
            AtomicInteger left = room.getOrDefault(version, roomForUndeclared);
            // The first look spares a full table the lock of the second.
            known = left.get() <= 0 ? null : counts.computeIfAbsent(key, k -> takeOne(left) ? new Count() : null);
        }
        if (known == null) {
            key = new Key(version, OTHER);
            known = counts.computeIfAbsent(key, k -> new Count());
        }
        known.calls.incrementAndGet();
        known.lastSeen.accumulateAndGet(now.toEpochMilli(), Math::max);
        return key.client();
    }

    private static boolean takeOne(AtomicInteger left) {
        return left.getAndUpdate(n -> Math.max(0, n - 1)) > 0;
    }

    /** By version, then the most frequent first. */
    List<ApiVersionFilter.Calls> snapshot() {
        return counts.entrySet().stream()
                .filter(entry -> entry.getValue().lastSeen.get() != Long.MIN_VALUE)
                .map(entry -> new ApiVersionFilter.Calls(
                        entry.getKey().version(),
                        entry.getKey().client(),
                        entry.getValue().calls.get(),
                        Instant.ofEpochMilli(entry.getValue().lastSeen.get())))
                .sorted(Comparator.comparing(ApiVersionFilter.Calls::version)
                        .thenComparing(Comparator.comparingLong(ApiVersionFilter.Calls::count)
                                .reversed())
                        .thenComparing(ApiVersionFilter.Calls::client))
                .toList();
    }
}
