package dev.dowel.messaging.testing;

import dev.dowel.messaging.Delivery;
import dev.dowel.messaging.EncodedMessage;
import dev.dowel.messaging.Version;
import java.sql.Connection;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What came with a message of the double. */
final class InMemoryDelivery implements Delivery {
    private static final String VERSION = "message-version";

    private final EncodedMessage message;
    private final int attempt;
    private final Instant publishedAt = Instant.now();
    private @Nullable Connection connection;

    InMemoryDelivery(EncodedMessage message, int attempt) {
        this.message = message;
        this.attempt = attempt;
    }

    void connection(Connection transaction) {
        this.connection = transaction;
    }

    @Override
    public Optional<String> messageId() {
        return Optional.of(message.messageId());
    }

    @Override
    public Optional<String> eventId() {
        return Optional.of(message.eventId());
    }

    @Override
    public String routingKey() {
        return message.routingKey();
    }

    @Override
    public Optional<Version> version() {
        return Optional.ofNullable(message.headers().get(VERSION)).map(Version::parse);
    }

    @Override
    public Optional<String> key() {
        return message.key();
    }

    @Override
    public Optional<String> correlationId() {
        return message.correlationId();
    }

    @Override
    public Optional<Instant> publishedAt() {
        return Optional.of(publishedAt);
    }

    @Override
    public int attempt() {
        return attempt;
    }

    @Override
    public Map<String, String> headers() {
        return message.headers();
    }

    @Override
    public Connection connection() {
        if (connection == null) {
            throw new IllegalStateException("There is no transaction: give the subscription an inbox, idempotent(...)");
        }
        return connection;
    }
}
