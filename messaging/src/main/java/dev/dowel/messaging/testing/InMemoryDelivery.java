package dev.dowel.messaging.testing;

import dev.dowel.messaging.EncodedMessage;
import dev.dowel.messaging.Version;
import dev.dowel.messaging.internal.Incoming;
import java.sql.Connection;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What came with a message of the double. */
final class InMemoryDelivery implements Incoming {
    private static final String VERSION = "message-version";

    private final QueuedMessage queued;
    private final EncodedMessage message;
    private @Nullable Connection connection;

    InMemoryDelivery(QueuedMessage queued) {
        this.queued = queued;
        this.message = queued.message();
    }

    @Override
    public byte[] body() {
        return message.body();
    }

    @Override
    public Optional<String> eventName() {
        return Optional.of(message.type());
    }

    @Override
    public void connection(Connection transaction) {
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
        try {
            return Optional.ofNullable(message.headers().get(VERSION)).map(Version::parse);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
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
        return Optional.of(queued.publishedAt());
    }

    @Override
    public Optional<Instant> firstFailureNoted() {
        return queued.firstFailureAt();
    }

    @Override
    public int attempt() {
        return queued.attempt();
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
