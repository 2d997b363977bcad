package dev.dowel.messaging.outbox;

import java.sql.Connection;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The transaction of an outbox that the calling thread is in. */
final class OwnTransaction {
    @SuppressWarnings("ThreadLocalUsage") // of one outbox only: another one has another database
    private final ThreadLocal<Connection> connections = new ThreadLocal<>();

    /** Returns its connection, or empty outside of a transaction. */
    Optional<Connection> connection() {
        return Optional.ofNullable(connections.get());
    }

    /** Runs work in it; one within another hides that one meanwhile. */
    <R> R within(Connection connection, Outbox.Work<R> work) throws Exception {
        @Nullable Connection outer = connections.get();
        connections.set(connection);
        try {
            return work.run(connection);
        } finally {
            if (outer == null) {
                connections.remove();
            } else {
                connections.set(outer);
            }
        }
    }
}
