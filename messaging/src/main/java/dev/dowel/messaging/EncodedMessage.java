package dev.dowel.messaging;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A message as it goes over the wire: what an outbox stores and a relay publishes, without knowing the body's class.
 * The body array is not copied: do not change it.
 *
 * @param messageId the message's own id
 * @param eventId the id of the event the message is one form of
 * @param type the event's name, without the version
 * @param routingKey the key it is published with
 * @param key what the message is about, for order
 * @param correlationId the id of the request or message it came from
 * @param contentType the body's media type
 * @param headers the headers, the library's own included
 * @param body the encoded body
 * @param route whether it must reach a queue
 */
@SuppressWarnings("ArrayRecordComponent") // copying each body would double the cost of publishing; documented above
public record EncodedMessage(
        String messageId,
        String eventId,
        String type,
        String routingKey,
        Optional<String> key,
        Optional<String> correlationId,
        String contentType,
        Map<String, String> headers,
        byte[] body,
        RouteRequirement route) {

    /**
     * Checks that nothing is null.
     *
     * @param messageId the message's own id
     * @param eventId the id of the event the message is one form of
     * @param type the event's name, without the version
     * @param routingKey the key it is published with
     * @param key what the message is about, for order
     * @param correlationId the id of the request or message it came from
     * @param contentType the body's media type
     * @param headers the headers, the library's own included
     * @param body the encoded body
     * @param route whether it must reach a queue
     */
    public EncodedMessage {
        Objects.requireNonNull(messageId, "messageId");
        Objects.requireNonNull(eventId, "eventId");
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(routingKey, "routingKey");
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(correlationId, "correlationId");
        Objects.requireNonNull(contentType, "contentType");
        headers = Map.copyOf(headers);
        Objects.requireNonNull(body, "body");
        Objects.requireNonNull(route, "route");
    }

    /** Returns the routing key, the message id and the body's size, never the body. */
    @Override
    public String toString() {
        return "EncodedMessage[" + routingKey + ", " + messageId + ", " + body.length + " bytes]";
    }
}
