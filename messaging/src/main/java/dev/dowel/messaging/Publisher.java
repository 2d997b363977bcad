package dev.dowel.messaging;

import java.util.concurrent.CompletionStage;

/**
 * Publishes to one exchange: persistent, mandatory and confirmed. Each publication ends in exactly one of a receipt or
 * a {@link PublishException}. Safe for use by several threads.
 *
 * <p>Stages complete on threads of the library's that do nothing else, never on the connection's own; a stage that has
 * failed when it is returned was completed by the caller's thread. A callback may publish, and may wait for other
 * publications: four threads run callbacks, and while all of them stand still others are added, within about half a second.
 * At most 2,000 stages for each lane are open, their callbacks included; while callbacks hold that many, {@code publish}
 * waits and {@code tryPublish} fails with {@link PublishException.Kind#BLOCKED}. {@code publishAndWait} needs no callback.
 *
 * <p>Unless {@link Messaging.Builder#retryUnknown(int)} asks for it, nothing is sent a second time by the library: after
 * {@link PublishException.Kind#CONNECTION_LOST} or {@link PublishException.Kind#TIMEOUT} the outcome is unknown, and
 * publishing the same {@link Message} again keeps its id. Use the outbox where a message must not be lost with the process.
 */
public interface Publisher {
    /**
     * Publishes one message. Blocks while the window of unconfirmed messages is full, the broker blocks publishers or a
     * connection is being made, at most for the publish timeout; fails at once while the broker is known to be away. Does
     * not wait while a channel is opened or the exchange declared: the message is sent afterwards, within the publish
     * timeout of this call, or fails with {@link PublishException.Kind#BLOCKED}. Only a write that hangs may hold the
     * caller longer than a publish timeout below one second: it is cut after a second.
     *
     * @param message the message
     * @return a stage that completes with a receipt once the broker has confirmed the message, or with a
     *     {@link PublishException}
     */
    CompletionStage<Receipt> publish(Message<?> message);

    /**
     * Publishes every message of a set; if one cannot be encoded or is too large, none. The publish timeout is one for
     * all.
     *
     * @param set one event in several versions, at least one
     * @return a stage that completes with a receipt once all are confirmed and the set's route requirement is met, or
     *     with a {@link PublishException}: that of a message whose outcome is unknown, if there is one, else of the first
     *     that failed, with the others suppressed; its message says how many were confirmed
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
     * Publishes one message without ever blocking, for threads that must not wait. Fails at once, and nothing was sent,
     * with {@link PublishException.Kind#BLOCKED} when the window of unconfirmed messages is full or the broker blocks
     * publishers, and with {@link PublishException.Kind#NOT_CONNECTED} when there is no connection. A thread of the
     * library's does the sending, in the order of the calls, also among calls of {@link #publish(Message)}.
     *
     * @param message the message
     * @return a stage as of {@link #publish(Message)}
     */
    CompletionStage<Receipt> tryPublish(Message<?> message);

    /**
     * Publishes every message of a set without ever blocking, or none, as {@link #tryPublish(Message)} does.
     *
     * @param set one event in several versions, at least one
     * @return a stage as of {@link #publish(MessageSet)}
     * @throws IllegalArgumentException if the set is empty
     */
    CompletionStage<Receipt> tryPublish(MessageSet set);

    /**
     * Encodes a message as it would be published, with the trace of the calling thread, to be stored and published later
     * with {@link #publish(EncodedMessage)}. Sends nothing.
     *
     * @param message the message
     * @return the encoded message
     * @throws IllegalArgumentException if the body cannot be encoded
     * @throws PublishException with {@link PublishException.Kind#TOO_LARGE} if the body is too large to be published
     */
    EncodedMessage encode(Message<?> message);

    /**
     * Publishes one message and waits for its confirm, at most twice the publish timeout unless it is sent again: once to
     * be sent, once for the confirm.
     *
     * @param message the message
     * @return the receipt
     * @throws PublishException if it was not confirmed, or the thread was interrupted (the flag stays set): with
     *     {@link PublishException.Kind#NOT_CONNECTED} before it was sent, {@link PublishException.Kind#TIMEOUT} after
     */
    Receipt publishAndWait(Message<?> message);

    /**
     * Publishes a set and waits for all its confirms.
     *
     * @param set one event in several versions, at least one
     * @return the receipt
     * @throws PublishException if not all were confirmed, as of {@link #publish(MessageSet)}, or the thread was
     *     interrupted (the flag stays set)
     */
    Receipt publishAndWait(MessageSet set);
}
