package dev.dowel.messaging;

import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A message that could not be handled, and why. The body array is not copied: do not change it.
 *
 * @param id what the parking lot knows it by: its message id, else a digest of its routing key and body
 * @param messageId the message's own id, or empty when the publisher set none
 * @param eventId the header {@code event-id}, else the message id, else empty
 * @param exchange the exchange it was published to
 * @param routingKey the key it was published with
 * @param version the version of the body's form, or empty when the publisher gave none
 * @param queue the subscription's queue
 * @param attempts how many attempts failed, at least 1; crashes of the consumer are not counted
 * @param reason why it was parked: the failure's message, at most 500 characters, or the broker's word, such as
 *     {@code delivery_limit}
 * @param exceptionClass the class of the exception, or empty when there was none
 * @param firstFailureAt when it failed first, or empty when nobody noted it
 * @param lastFailureAt when it failed last, or empty when nobody noted it
 * @param host where it failed last, or empty when the broker parked it
 * @param headers the text headers
 * @param body the encoded body
 */
@SuppressWarnings("ArrayRecordComponent") // a look at a thousand bodies must not copy them all; documented above
public record ParkedMessage(
        String id,
        Optional<String> messageId,
        Optional<String> eventId,
        String exchange,
        String routingKey,
        Optional<Version> version,
        String queue,
        int attempts,
        String reason,
        Optional<String> exceptionClass,
        Optional<Instant> firstFailureAt,
        Optional<Instant> lastFailureAt,
        Optional<String> host,
        Map<String, String> headers,
        byte[] body) {

    /**
     * Checks that nothing is null.
     *
     * @param id what the parking lot knows it by
     * @param messageId the message's own id
     * @param eventId the id of the event the message is one form of
     * @param exchange the exchange it was published to
     * @param routingKey the key it was published with
     * @param version the version of the body's form
     * @param queue the subscription's queue
     * @param attempts how many attempts failed
     * @param reason why it was parked
     * @param exceptionClass the class of the exception
     * @param firstFailureAt when it failed first
     * @param lastFailureAt when it failed last
     * @param host where it failed last
     * @param headers the text headers
     * @param body the encoded body
     */
    public ParkedMessage {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(messageId, "messageId");
        Objects.requireNonNull(eventId, "eventId");
        Objects.requireNonNull(exchange, "exchange");
        Objects.requireNonNull(routingKey, "routingKey");
        Objects.requireNonNull(version, "version");
        Objects.requireNonNull(queue, "queue");
        Objects.requireNonNull(reason, "reason");
        Objects.requireNonNull(exceptionClass, "exceptionClass");
        Objects.requireNonNull(firstFailureAt, "firstFailureAt");
        Objects.requireNonNull(lastFailureAt, "lastFailureAt");
        Objects.requireNonNull(host, "host");
        headers = Map.copyOf(headers);
        Objects.requireNonNull(body, "body");
    }

    /** Returns what identifies the message and the exception's class, never the body, headers or reason. */
    @Override
    public String toString() {
        return "ParkedMessage[" + id + ", " + routingKey + ", attempts=" + attempts + ", "
                + exceptionClass.orElse("no exception") + ", " + body.length + " bytes]";
    }
}
