package dev.dowel.messaging.outbox;

import dev.dowel.messaging.Message;
import dev.dowel.messaging.MessageSet;
import java.sql.Connection;
import java.util.Optional;
import java.util.function.Consumer;

/** Publishes to one exchange in the current transaction: the outbox's own, else the service's. */
final class OutboxPublisher implements EventPublisher {
    private final Outbox outbox;
    private final OwnTransaction own;
    private final CurrentTransaction service;
    private final String exchange;

    OutboxPublisher(Outbox outbox, OwnTransaction own, CurrentTransaction service, String exchange) {
        this.outbox = outbox;
        this.own = own;
        this.service = service;
        this.exchange = exchange;
    }

    @Override
    public void publish(Message<?> message) {
        join(connection -> outbox.enqueue(connection, exchange, message));
    }

    @Override
    public void publish(MessageSet set) {
        join(connection -> outbox.enqueue(connection, exchange, set));
    }

    private void join(Consumer<Connection> store) {
        Optional<Connection> bound = own.connection();
        if (bound.isPresent()) {
            store.accept(bound.get());
            return;
        }
        Connection joined = service.connection()
                .orElseThrow(() -> new IllegalStateException("publish to " + exchange
                        + " outside of a transaction: an event is stored with the data it tells of. Call it within"
                        + " inTransaction, or within a transaction that the outbox's transactions(...) knows"));
        store.accept(joined);
        service.afterCommit(outbox::wake);
    }
}
