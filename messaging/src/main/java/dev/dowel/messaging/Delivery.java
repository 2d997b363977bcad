package dev.dowel.messaging;

import java.sql.Connection;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** What came with a message. Valid only while its handler runs, on the handler's thread. */
public interface Delivery {
    /**
     * Returns the message's own id.
     *
     * @return the id, or empty when the publisher set none
     */
    Optional<String> messageId();

    /**
     * Returns the id of the event the message is one form of.
     *
     * @return the header {@code event-id}, else the message id, else empty
     */
    Optional<String> eventId();

    /**
     * Returns the key it was published with.
     *
     * @return the routing key of the first publication, also after retries
     */
    String routingKey();

    /**
     * Returns the version of the body's form.
     *
     * @return the version, or empty when the publisher gave none
     */
    Optional<Version> version();

    /**
     * Returns what the message is about.
     *
     * @return the header {@code message-key}, or empty
     */
    Optional<String> key();

    /**
     * Returns the id of the request or message it came from.
     *
     * @return the correlation id, or empty
     */
    Optional<String> correlationId();

    /**
     * Returns when it was published.
     *
     * @return the timestamp in seconds, or empty when the publisher set none
     */
    Optional<Instant> publishedAt();

    /**
     * Returns which attempt this is.
     *
     * @return 1 for the first, one more for each retry through a retry queue
     */
    int attempt();

    /**
     * Returns the text headers.
     *
     * @return an immutable map; headers that are not text are left out
     */
    Map<String, String> headers();

    /**
     * Returns the connection of the inbox's transaction, in which the handler does its own writes. The inbox commits;
     * the handler must not commit, roll back or close.
     *
     * @return the connection
     * @throws IllegalStateException if the subscription has no inbox over a database
     */
    Connection connection();
}
