package dev.dowel.messaging;

import java.util.concurrent.CompletionStage;

/**
 * Publishes to one exchange: persistent, mandatory and confirmed. Each publication ends in exactly one of a receipt or
 * a {@link PublishException}. Safe for use by several threads. Stages complete on one of a few threads of the library's,
 * never on the connection's own, so a callback may publish again.
 *
 * <p>Nothing is sent a second time by the library: after {@link PublishException.Kind#CONNECTION_LOST} or
 * {@link PublishException.Kind#TIMEOUT} the outcome is unknown, and publishing the same {@link Message} again keeps its
 * id. Use the outbox where a message must not be lost with the process.
 */
public interface Publisher {
    /**
     * Publishes one message. Blocks while the window of unconfirmed messages is full, the broker blocks publishers or a
     * connection is being made, at most for the publish timeout; fails at once while the broker is known to be away.
     *
     * @param message the message
     * @return a stage that completes with a receipt once the broker has confirmed the message, or with a
     *     {@link PublishException}
     */
    CompletionStage<Receipt> publish(Message<?> message);

    /**
     * Publishes every message of a set.
     *
     * @param set one event in several versions, at least one
     * @return a stage that completes with a receipt once all are confirmed and the set's route requirement is met, or
     *     with a {@link PublishException}
     * @throws IllegalArgumentException if the set is empty
     */
    CompletionStage<Receipt> publish(MessageSet set);

    /**
     * Publishes a message that was encoded before, as a relay does.
     *
     * @param message the message
     * @return a stage as of {@link #publish(Message)}
     */
    CompletionStage<Receipt> publish(EncodedMessage message);

    /**
     * Publishes one message and waits for its confirm.
     *
     * @param message the message
     * @return the receipt
     * @throws PublishException if it was not confirmed, or the thread was interrupted (the flag stays set)
     */
    Receipt publishAndWait(Message<?> message);

    /**
     * Publishes a set and waits for all its confirms.
     *
     * @param set one event in several versions, at least one
     * @return the receipt
     * @throws PublishException if not all were confirmed, or the thread was interrupted (the flag stays set)
     */
    Receipt publishAndWait(MessageSet set);
}
