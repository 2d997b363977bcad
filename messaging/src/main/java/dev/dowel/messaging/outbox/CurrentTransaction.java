package dev.dowel.messaging.outbox;

import java.sql.Connection;
import java.util.Optional;

/**
 * How an {@link EventPublisher} joins the transactions of whatever begins and ends them in the service. Both methods are
 * called on the thread that publishes. Implementations are safe for use by several threads.
 */
public interface CurrentTransaction {
    /**
     * Returns the connection of the transaction that the calling thread is in. The outbox writes to it and neither
     * commits nor closes it.
     *
     * @return the connection, with auto-commit off, or empty outside of a transaction
     */
    Optional<Connection> connection();

    /**
     * Runs something after the current transaction has committed, and not if it is rolled back. Called after {@link
     * #connection()} has returned a connection. An implementation that cannot tell may do nothing: then the relay finds
     * the rows when it looks next.
     *
     * @param action returns at once and throws nothing
     */
    void afterCommit(Runnable action);
}
