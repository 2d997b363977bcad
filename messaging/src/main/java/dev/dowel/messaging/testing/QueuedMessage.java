package dev.dowel.messaging.testing;

import dev.dowel.messaging.EncodedMessage;
import dev.dowel.messaging.internal.Headers;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A message in a queue of the double, with what was noted about it.
 *
 * @param arrivedAs which attempt its first handling by any consumer is
 * @param attempt which attempt the next handling is
 * @param givenBack how often a consumer did not settle it
 * @param firstFailureAt when it failed first, if the consumer that holds it knows
 */
record QueuedMessage(
        String exchange,
        EncodedMessage message,
        Instant publishedAt,
        int arrivedAs,
        int attempt,
        int givenBack,
        Optional<Instant> firstFailureAt) {
    static QueuedMessage fresh(String exchange, EncodedMessage message, Instant publishedAt) {
        return arrived(exchange, message, publishedAt, 1);
    }

    private static QueuedMessage arrived(String exchange, EncodedMessage message, Instant publishedAt, int attempt) {
        return new QueuedMessage(exchange, message, publishedAt, attempt, attempt, 0, Optional.empty());
    }

    /** Returns what comes from a retry queue. */
    QueuedMessage retried(Map<String, String> notes) {
        return arrived(exchange, with(notes), publishedAt, attempt + 1);
    }

    /** Returns the message as its consumer tries it again itself. */
    QueuedMessage again(Instant failedAt) {
        Instant first = firstFailureAt.orElse(failedAt);
        return new QueuedMessage(exchange, message, publishedAt, arrivedAs, attempt + 1, givenBack, Optional.of(first));
    }

    /** Returns the message as any consumer gets it that was not settled: what the former consumer knew is gone. */
    QueuedMessage returned() {
        return new QueuedMessage(exchange, message, publishedAt, arrivedAs, arrivedAs, givenBack + 1, Optional.empty());
    }

    /** Returns what comes back from the parking lot. */
    QueuedMessage replayed() {
        Map<String, String> headers = new HashMap<>(message.headers());
        headers.keySet().removeIf(name -> name.startsWith(Headers.FAILURE));
        headers.put(Headers.MESSAGE_EXCHANGE, exchange);
        headers.put(Headers.MESSAGE_ROUTING_KEY, message.routingKey());
        return fresh(exchange, copy(message, headers, message.body()), publishedAt);
    }

    EncodedMessage with(Map<String, String> notes) {
        Map<String, String> headers = new HashMap<>(message.headers());
        headers.putAll(notes);
        return copy(message, headers, message.body());
    }

    static EncodedMessage copy(EncodedMessage one, Map<String, String> headers, byte[] body) {
        return new EncodedMessage(
                one.messageId(),
                one.eventId(),
                one.type(),
                one.routingKey(),
                one.key(),
                one.correlationId(),
                one.contentType(),
                headers,
                body,
                one.route());
    }
}
