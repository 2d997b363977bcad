package dev.dowel.messaging.internal;

import com.rabbitmq.client.AMQP;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Makes the copies that go to a retry queue or the parking lot. What the broker noted about earlier deaths is left out:
 * RabbitMQ silently drops a message whose noted deaths look like a cycle.
 */
final class FailureHeaders {
    static final String EXCHANGE = Headers.FAILURE + "exchange";
    static final String ROUTING_KEY = Headers.FAILURE + "routing-key";
    static final String REASON = Headers.FAILURE + "reason";
    static final String EXCEPTION = Headers.FAILURE + "exception";
    static final String QUEUE = Headers.FAILURE + "queue";
    static final String FIRST_AT = Headers.FAILURE + "first-at";
    static final String LAST_AT = Headers.FAILURE + "last-at";
    static final String HOST = Headers.FAILURE + "host";
    static final String USER_ID = Headers.FAILURE + "user-id";

    private static final int TEXT_LIMIT = 500;
    private static final int PERSISTENT = 2;
    private static final String THIS_HOST = host();

    private FailureHeaders() {}

    /** Returns the properties of a copy that is to be handled again, as the attempt given. */
    static AMQP.BasicProperties retry(RabbitDelivery delivery, String queue, Throwable failure, int nextAttempt) {
        return copy(delivery, queue, reason(failure), failure.getClass().getName(), nextAttempt);
    }

    /** Returns the properties of a copy that is to be parked. */
    static AMQP.BasicProperties parked(
            RabbitDelivery delivery, String queue, String reason, Optional<Throwable> failure) {
        String exception = failure.map(e -> e.getClass().getName()).orElse("");
        return copy(delivery, queue, reason, exception, delivery.attempt());
    }

    /** Returns the properties of a parked message that is to be handled as if it had never failed. */
    static AMQP.BasicProperties replayed(AMQP.BasicProperties parked, String exchange, String routingKey) {
        Map<String, Object> headers = kept(parked);
        headers.keySet().removeIf(name -> name.startsWith(Headers.FAILURE));
        headers.remove(Headers.MESSAGE_ATTEMPT);
        headers.put(Headers.MESSAGE_EXCHANGE, exchange);
        headers.put(Headers.MESSAGE_ROUTING_KEY, routingKey);
        return with(parked, headers);
    }

    private static AMQP.BasicProperties copy(
            RabbitDelivery delivery, String queue, String reason, String exception, int attempt) {
        Map<String, Object> headers = kept(delivery.properties());
        headers.put(Headers.MESSAGE_ATTEMPT, attempt);
        headers.putAll(
                new Failure(queue, delivery.exchange(), reason, exception, THIS_HOST, Instant.now()).notes(delivery));
        String user = delivery.properties().getUserId();
        if (user != null) {
            headers.put(USER_ID, user);
        }
        return with(delivery.properties(), headers);
    }

    private static Map<String, Object> kept(AMQP.BasicProperties original) {
        Map<String, Object> headers = new HashMap<>();
        if (original.getHeaders() != null) {
            original.getHeaders().forEach((name, value) -> {
                if (!brokers(name)) {
                    headers.put(name, value);
                }
            });
        }
        return headers;
    }

    private static AMQP.BasicProperties with(AMQP.BasicProperties original, Map<String, Object> headers) {
        return original.builder()
                .headers(headers)
                .deliveryMode(PERSISTENT)
                .expiration(null)
                // The broker takes no user but the one that publishes, which is not the one of the original.
                .userId(null)
                .build();
    }

    /** Tells whether a header is the broker's own, or would make it send copies elsewhere. */
    private static boolean brokers(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.equals("x-death")
                || lower.startsWith("x-first-death-")
                || lower.startsWith("x-last-death-")
                || lower.equals("x-delivery-count")
                || lower.equals("x-acquired-count")
                || lower.equals("cc")
                || lower.equals("bcc");
    }

    static String reason(Throwable failure) {
        String message = failure.getMessage();
        return message == null || message.isEmpty() ? failure.getClass().getSimpleName() : message;
    }

    static String cut(String text) {
        if (text.length() <= TEXT_LIMIT) {
            return text;
        }
        // Half of a surrogate pair is no character.
        return text.substring(0, Character.isHighSurrogate(text.charAt(TEXT_LIMIT - 1)) ? TEXT_LIMIT - 1 : TEXT_LIMIT);
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "unknown";
        }
    }
}
