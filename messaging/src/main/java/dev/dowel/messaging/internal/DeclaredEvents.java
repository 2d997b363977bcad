package dev.dowel.messaging.internal;

import dev.dowel.messaging.Contract;
import dev.dowel.messaging.EventType;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** What a service says that it publishes. Safe for use by several threads. */
public final class DeclaredEvents {
    private final List<Contract.Published> all = new CopyOnWriteArrayList<>();

    /**
     * Adds types.
     *
     * @param exchange where they are published
     * @param types the events and their versions
     */
    public void add(String exchange, EventType<?>... types) {
        Headers.checkShortString(exchange, "exchange");
        for (EventType<?> type : types) {
            if (all.stream()
                    .anyMatch(one -> one.exchange().equals(exchange)
                            && one.type().routingKey().equals(type.routingKey()))) {
                throw new IllegalArgumentException(
                        type.routingKey() + " is declared already on exchange " + Headers.shown(exchange));
            }
            all.add(new Contract.Published(exchange, type));
        }
    }

    /**
     * Returns what was added.
     *
     * @return an immutable list in the order of declaration
     */
    public List<Contract.Published> all() {
        return List.copyOf(all);
    }
}
