package dev.dowel.messaging;

import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** An inbox that remembers ids as long as the test runs, and counts what it dropped. */
final class InMemoryInbox implements Inbox {
    private static final Connection NONE = (Connection) Proxy.newProxyInstance(
            InMemoryInbox.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                throw new UnsupportedOperationException("There is no database");
            });

    private final Map<String, CompletableFuture<Boolean>> ids = new ConcurrentHashMap<>();
    private final AtomicInteger dropped = new AtomicInteger();

    @Override
    public boolean once(String consumer, String id, Work work) throws Exception {
        String key = consumer + " " + id;
        CompletableFuture<Boolean> mine = new CompletableFuture<>();
        for (var other = ids.putIfAbsent(key, mine); other != null; other = ids.putIfAbsent(key, mine)) {
            if (other.get()) {
                dropped.incrementAndGet();
                return false;
            }
        }
        boolean done = false;
        try {
            work.run(NONE);
            done = true;
        } finally {
            if (!done) {
                ids.remove(key, mine);
            }
            mine.complete(done);
        }
        return true;
    }

    int dropped() {
        return dropped.get();
    }
}
