package dev.dowel.messaging.testing;

import dev.dowel.messaging.EventType;
import dev.dowel.messaging.Messaging;
import dev.dowel.messaging.VersionContract;

/** The contract on the double. */
class InMemoryVersionContractTest extends VersionContract {
    @Override
    protected Messaging messaging(String exchange, EventType<?>... declared) {
        return new InMemoryMessaging().publishes(exchange, declared);
    }
}
