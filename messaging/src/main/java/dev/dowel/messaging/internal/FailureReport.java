package dev.dowel.messaging.internal;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.Envelope;
import dev.dowel.messaging.ParkedMessage;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads from a parked message why it is parked: from the headers of the library, or from what the broker noted. */
public final class FailureReport {
    private static final int DIGEST_BYTES = 16;

    private FailureReport() {}

    static ParkedMessage read(String queue, Delivery held) {
        AMQP.BasicProperties properties = held.getProperties();
        Optional<Map<?, ?>> death = death(properties, queue);
        Envelope envelope = held.getEnvelope();
        // The key of a message that the broker parked is the parking queue's name.
        Envelope original = death.map(
                        noted -> new Envelope(0, false, text(noted, "exchange").orElse(""), firstKey(noted)))
                .orElse(envelope);
        RabbitDelivery delivery = new RabbitDelivery(original, properties, held.getBody());
        Map<String, String> headers = delivery.headers();
        Optional<Instant> died = death.map(noted -> noted.get("time") instanceof Date time ? time.toInstant() : null);
        return new ParkedMessage(
                id(delivery.messageId(), delivery.routingKey(), held.getBody()),
                delivery.messageId(),
                delivery.eventId(),
                delivery.exchange(),
                delivery.routingKey(),
                delivery.version(),
                queue,
                delivery.attempt(),
                death.flatMap(noted -> text(noted, "reason"))
                        .orElseGet(() -> headers.getOrDefault(FailureHeaders.REASON, "")),
                death.isPresent()
                        ? Optional.empty()
                        : Optional.ofNullable(headers.get(FailureHeaders.EXCEPTION))
                                .filter(name -> !name.isEmpty()),
                delivery.firstFailureAt().or(() -> died),
                died.or(() -> instant(headers.get(FailureHeaders.LAST_AT))),
                death.isPresent() ? Optional.empty() : Optional.ofNullable(headers.get(FailureHeaders.HOST)),
                headers,
                held.getBody());
    }

    /**
     * Returns what a parked message is known by.
     *
     * @param messageId its message id, if it has one
     * @param routingKey the key it was published with
     * @param body its body
     * @return the message id, else a digest
     */
    public static String id(Optional<String> messageId, String routingKey, byte[] body) {
        return messageId.orElseGet(
                () -> "sha256-" + HexFormat.of().formatHex(digest(routingKey, body), 0, DIGEST_BYTES));
    }

    /**
     * Returns as much of a reason as is kept.
     *
     * @param reason a text of any length
     * @return at most 500 characters of it
     */
    public static String cut(String reason) {
        return FailureHeaders.cut(reason);
    }

    /**
     * Returns why something failed.
     *
     * @param failure what was thrown
     * @return its message, else its class
     */
    public static String reason(Throwable failure) {
        return FailureHeaders.reason(failure);
    }

    private static byte[] digest(String routingKey, byte[] body) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(routingKey.getBytes(StandardCharsets.UTF_8));
            digest.update((byte) 0);
            return digest.digest(body);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }

    /** Returns what the broker noted, if it was the broker that parked the message: copies of the library have no notes. */
    private static Optional<Map<?, ?>> death(AMQP.BasicProperties properties, String queue) {
        Map<String, Object> headers = properties.getHeaders();
        return headers != null
                        && headers.get("x-death") instanceof List<?> deaths
                        && !deaths.isEmpty()
                        && deaths.get(0) instanceof Map<?, ?> last
                        && text(last, "queue").filter(queue::equals).isPresent()
                ? Optional.of(last)
                : Optional.empty();
    }

    private static String firstKey(Map<?, ?> death) {
        return death.get("routing-keys") instanceof List<?> keys && !keys.isEmpty() ? String.valueOf(keys.get(0)) : "";
    }

    private static Optional<String> text(Map<?, ?> map, String name) {
        return Optional.ofNullable(map.get(name)).map(Object::toString);
    }

    static Optional<Instant> instant(@Nullable String text) {
        try {
            return Optional.ofNullable(text).map(Instant::parse);
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
