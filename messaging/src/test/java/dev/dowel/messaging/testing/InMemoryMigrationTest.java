package dev.dowel.messaging.testing;

import dev.dowel.messaging.Contract;
import dev.dowel.messaging.EventType;
import dev.dowel.messaging.Messaging;
import dev.dowel.messaging.MigrationContract;
import dev.dowel.messaging.internal.TopicPattern;
import java.util.List;

/** The migration on the double, which has nothing but its subscriptions to ask. */
class InMemoryMigrationTest extends MigrationContract {
    @Override
    protected Messaging messaging() {
        return new InMemoryMessaging();
    }

    @Override
    protected List<String> boundTo(Messaging messaging, String exchange, EventType<?> type) {
        return messaging.contract().consumed().stream()
                .filter(consumed -> consumed.bindings().stream()
                        .filter(binding -> binding.exchange().equals(exchange))
                        .flatMap(binding -> binding.routingKeys().stream())
                        .anyMatch(key -> TopicPattern.matches(key, type.routingKey())))
                .map(Contract.Consumed::queue)
                .toList();
    }

    @Override
    protected void pruneBindings(Contract.Consumed consumed) {
        // The double has no management.
    }
}
