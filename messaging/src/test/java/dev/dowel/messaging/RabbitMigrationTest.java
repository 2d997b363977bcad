package dev.dowel.messaging;

import dev.dowel.messaging.management.BoundQueue;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The migration on a real broker, which its management plugin is asked about. */
class RabbitMigrationTest extends MigrationContract {
    private static ManagedBroker managed;
    private static URI vhost;

    @BeforeAll
    static void startBroker() {
        managed = new ManagedBroker();
        vhost = managed.broker().newVhost();
    }

    @AfterAll
    static void stopBroker() {
        managed.close();
    }

    @Override
    protected Messaging messaging() {
        return Messaging.builder().uri(vhost.toString()).build();
    }

    @Override
    protected List<String> boundTo(Messaging messaging, String exchange, EventType<?> type) {
        return managed.check(vhost).build().boundTo(exchange, type).stream()
                .map(BoundQueue::queue)
                .toList();
    }

    @Override
    protected void pruneBindings(Contract.Consumed consumed) {
        managed.check(vhost).build().pruneBindings(consumed);
    }
}
