package dev.dowel.messaging;

import com.rabbitmq.client.AMQP;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

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
            RabbitDelivery delivery, String queue, String reason, @Nullable Throwable failure) {
        String exception = failure == null ? "" : failure.getClass().getName();
        return copy(delivery, queue, reason, exception, delivery.attempt());
    }

    private static AMQP.BasicProperties copy(
            RabbitDelivery delivery, String queue, String reason, String exception, int attempt) {
        Map<String, Object> headers = new HashMap<>();
        Map<String, Object> original = delivery.properties().getHeaders();
        if (original != null) {
            original.forEach((name, value) -> {
                if (!brokers(name)) {
                    headers.put(name, value);
                }
            });
        }
        String now = Instant.now().toString();
        headers.put(Headers.MESSAGE_ATTEMPT, attempt);
        headers.put(EXCHANGE, delivery.exchange());
        headers.put(ROUTING_KEY, delivery.routingKey());
        headers.put(QUEUE, queue);
        headers.put(REASON, cut(reason));
        headers.put(EXCEPTION, cut(exception));
        headers.putIfAbsent(FIRST_AT, now);
        headers.put(LAST_AT, now);
        headers.put(HOST, THIS_HOST);
        String user = delivery.properties().getUserId();
        if (user != null) {
            headers.put(USER_ID, user);
        }
        return delivery.properties()
                .builder()
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

    private static String cut(String text) {
        return text.length() <= TEXT_LIMIT ? text : text.substring(0, TEXT_LIMIT);
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "unknown";
        }
    }
}
