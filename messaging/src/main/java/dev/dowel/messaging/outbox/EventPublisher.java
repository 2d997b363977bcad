package dev.dowel.messaging.outbox;

import dev.dowel.messaging.Message;
import dev.dowel.messaging.MessageSet;

/**
 * What a service layer publishes with: an event becomes part of the transaction that the calling thread is in, and goes
 * out once that has committed. Nothing here waits for the broker. Safe for use by several threads. Get it from {@link
 * Outbox#publisher}, in tests without a database from {@code InMemoryOutbox}.
 */
public interface EventPublisher {
    /**
     * Stores a message in the current transaction; returns when that is done.
     *
     * @param message the message
     * @throws IllegalStateException if the calling thread is in no transaction
     * @throws OutboxException if the database refuses
     */
    void publish(Message<?> message);

    /**
     * Stores every message of a set in the current transaction; returns when that is done.
     *
     * @param set one event in several versions, at least one
     * @throws IllegalStateException if the calling thread is in no transaction
     * @throws IllegalArgumentException if the set is empty
     * @throws OutboxException if the database refuses
     */
    void publish(MessageSet set);
}
