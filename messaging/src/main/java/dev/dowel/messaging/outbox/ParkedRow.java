package dev.dowel.messaging.outbox;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * A stored message that is not sent any more until somebody says so: see {@link Outbox#parked}.
 *
 * @param id the row's number, for {@link Outbox#retryParked} and {@link Outbox#discardParked}
 * @param messageId the message's id
 * @param exchange where it was to be published
 * @param routingKey with which key
 * @param key what the message is about, if it has a key
 * @param attempts how often it was tried
 * @param lastError what came back the last time, at most 500 characters; empty if that is not known
 * @param createdAt when it was stored
 */
public record ParkedRow(
        long id,
        String messageId,
        String exchange,
        String routingKey,
        Optional<String> key,
        int attempts,
        String lastError,
        Instant createdAt) {
    /**
     * Checks that nothing is null.
     *
     * @param id the row's number
     * @param messageId the message's id
     * @param exchange where it was to be published
     * @param routingKey with which key
     * @param key what the message is about
     * @param attempts how often it was tried
     * @param lastError what came back the last time
     * @param createdAt when it was stored
     */
    public ParkedRow {
        Objects.requireNonNull(messageId, "messageId");
        Objects.requireNonNull(exchange, "exchange");
        Objects.requireNonNull(routingKey, "routingKey");
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(lastError, "lastError");
        Objects.requireNonNull(createdAt, "createdAt");
    }
}
