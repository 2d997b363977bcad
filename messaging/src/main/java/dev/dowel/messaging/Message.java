package dev.dowel.messaging;

import dev.dowel.messaging.internal.Headers;
import dev.dowel.messaging.internal.TimeOrderedId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One event to publish: immutable, with an id that is made once, so that publishing the same message again (after an
 * unknown outcome) keeps its id and a consumer can tell that it is the same.
 *
 * @param <T> the body's type
 */
public final class Message<T> {
    private final EventType<T> type;
    private final T body;
    private final String messageId;
    private final String eventId;
    private final @Nullable String key;
    private final @Nullable String correlationId;
    private final Map<String, String> headers;
    private final RouteRequirement route;

    private Message(
            EventType<T> type,
            T body,
            String messageId,
            String eventId,
            @Nullable String key,
            @Nullable String correlationId,
            Map<String, String> headers,
            RouteRequirement route) {
        this.type = type;
        this.body = body;
        this.messageId = messageId;
        this.eventId = eventId;
        this.key = key;
        this.correlationId = correlationId;
        this.headers = headers;
        this.route = route;
    }

    /**
     * Makes a message with a fresh id.
     *
     * @param <T> the body's type
     * @param type the event and its version
     * @param body the body, encoded as JSON when it is published
     * @return the message; its event id equals its message id
     */
    public static <T> Message<T> of(EventType<T> type, T body) {
        String id = TimeOrderedId.next();
        return new Message<>(
                Objects.requireNonNull(type, "type"),
                Objects.requireNonNull(body, "body"),
                id,
                id,
                null,
                null,
                Map.of(),
                RouteRequirement.ALL);
    }

    /**
     * Sets what the message is about, such as the user's id: messages of one key are kept in order by the outbox.
     *
     * @param newKey 1 to 255 characters
     * @return a copy with the key
     * @throws IllegalArgumentException if the key is empty or longer
     */
    public Message<T> key(String newKey) {
        return new Message<>(type, body, messageId, eventId, checkKey(newKey), correlationId, headers, route);
    }

    static String checkKey(String key) {
        if (key.isEmpty() || key.length() > 255) {
            throw new IllegalArgumentException("A message's key has 1 to 255 characters");
        }
        return key;
    }

    /**
     * Sets the id that ties this message to the request or message it came from.
     *
     * @param newCorrelationId 1 to 255 bytes in UTF-8, as AMQP's short strings allow
     * @return a copy with the correlation id
     */
    public Message<T> correlationId(String newCorrelationId) {
        Headers.checkShortString(newCorrelationId, "correlationId");
        return new Message<>(type, body, messageId, eventId, key, newCorrelationId, headers, route);
    }

    /**
     * Sets the id of the event this message is one form of; a consumer of several versions drops duplicates by it.
     *
     * @param newEventId 1 to 64 characters
     * @return a copy with the event id
     * @throws IllegalArgumentException if the id is empty or longer
     */
    public Message<T> eventId(String newEventId) {
        return new Message<>(type, body, messageId, Headers.checkId(newEventId), key, correlationId, headers, route);
    }

    /**
     * Adds a header, such as {@code traceparent}.
     *
     * @param name 1 to 128 characters and at most 255 bytes in UTF-8; not one of the names the library sets, and not
     *     starting with {@code x-}, which brokers own
     * @param value at most 8,192 characters
     * @return a copy with the header
     * @throws IllegalArgumentException if the name is reserved or too long, or the value is too long
     */
    public Message<T> header(String name, String value) {
        Map<String, String> copy = new LinkedHashMap<>(headers);
        copy.put(Headers.checkName(name), Headers.checkValue(name, value));
        return new Message<>(type, body, messageId, eventId, key, correlationId, Map.copyOf(copy), route);
    }

    /**
     * Says whether the message must reach a queue.
     *
     * @param requirement {@code ALL} (the default), or {@code NONE} when nobody needs to listen; {@code ANY} means the
     *     same as {@code ALL} for a single message
     * @return a copy with the requirement
     */
    public Message<T> requireRoute(RouteRequirement requirement) {
        Objects.requireNonNull(requirement, "requirement");
        return new Message<>(type, body, messageId, eventId, key, correlationId, headers, requirement);
    }

    /**
     * Returns the event and its version.
     *
     * @return the type
     */
    public EventType<T> type() {
        return type;
    }

    /**
     * Returns what is to be published.
     *
     * @return the body
     */
    public T body() {
        return body;
    }

    /**
     * Returns this message's id.
     *
     * @return a UUID of version 7 (RFC 9562)
     */
    public String messageId() {
        return messageId;
    }

    /**
     * Returns the id of the event this message is one form of.
     *
     * @return the event id; the message id unless set
     */
    public String eventId() {
        return eventId;
    }

    /**
     * Returns what the message is about.
     *
     * @return the key, or empty when none was set
     */
    public Optional<String> key() {
        return Optional.ofNullable(key);
    }

    /**
     * Encodes the message for the wire.
     *
     * @param json the codec for the body
     * @return the encoded message
     * @throws IllegalArgumentException if the body cannot be encoded
     */
    public EncodedMessage encode(JsonCodec json) {
        Map<String, String> all = new LinkedHashMap<>(headers);
        all.put(Headers.EVENT_ID, eventId);
        all.put(Headers.MESSAGE_VERSION, type.version().toString());
        type.sunset().ifPresent(end -> all.put(Headers.MESSAGE_SUNSET, end.toString()));
        if (key != null) {
            all.put(Headers.MESSAGE_KEY, key);
        }
        return new EncodedMessage(
                messageId,
                eventId,
                type.name(),
                type.routingKey(),
                Optional.ofNullable(key),
                Optional.ofNullable(correlationId),
                JsonCodec.CONTENT_TYPE,
                all,
                json.encode(body),
                route);
    }

    /** Returns the routing key and the message id, never the body. */
    @Override
    public String toString() {
        return "Message[" + type.routingKey() + ", " + messageId + "]";
    }
}
