package dev.dowel.messaging.internal;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Envelope;
import com.rabbitmq.client.LongString;
import dev.dowel.messaging.Version;
import java.sql.Connection;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A message as RabbitMQ delivered it. Nothing of ours is required: other publishers' messages are read as far as they go. */
final class RabbitDelivery implements Incoming {
    private static final int MAX_ATTEMPTS = 1_000_000;

    private final Envelope envelope;
    private final AMQP.BasicProperties properties;
    private final byte[] body;
    private final Map<String, String> headers;
    private int attempt;
    private @Nullable Instant firstFailure;
    private @Nullable Connection connection;

    RabbitDelivery(Envelope envelope, AMQP.BasicProperties properties, byte[] body) {
        this.envelope = envelope;
        this.properties = properties;
        this.body = body;
        this.headers = texts(properties.getHeaders());
        this.attempt = attempt(properties.getHeaders());
    }

    private static int attempt(@Nullable Map<String, Object> headers) {
        Object attempt = headers == null ? null : headers.get(Headers.MESSAGE_ATTEMPT);
        return attempt instanceof Number number ? Math.max(1, Math.min(MAX_ATTEMPTS, number.intValue())) : 1;
    }

    private static Map<String, String> texts(@Nullable Map<String, Object> all) {
        Map<String, String> texts = new LinkedHashMap<>();
        if (all != null) {
            all.forEach((name, value) -> {
                if (value instanceof LongString || value instanceof String) {
                    texts.put(name, value.toString());
                }
            });
        }
        return Map.copyOf(texts);
    }

    @Override
    public byte[] body() {
        return body;
    }

    /** Counts an attempt that the same consumer makes after one that failed. */
    void nextAttempt(Instant failedAt) {
        attempt++;
        firstFailure = firstFailure == null ? failedAt : firstFailure;
    }

    @Override
    public Optional<Instant> firstFailureNoted() {
        return Optional.ofNullable(firstFailure);
    }

    AMQP.BasicProperties properties() {
        return properties;
    }

    @Override
    public void connection(Connection transaction) {
        this.connection = transaction;
    }

    @Override
    public Optional<String> messageId() {
        return Optional.ofNullable(properties.getMessageId());
    }

    @Override
    public Optional<String> eventId() {
        return Optional.ofNullable(headers.get(Headers.EVENT_ID)).or(this::messageId);
    }

    String exchange() {
        return firstOf(FailureHeaders.EXCHANGE, Headers.MESSAGE_EXCHANGE, envelope.getExchange());
    }

    @Override
    public String routingKey() {
        return firstOf(FailureHeaders.ROUTING_KEY, Headers.MESSAGE_ROUTING_KEY, envelope.getRoutingKey());
    }

    private String firstOf(String failed, String replayed, String otherwise) {
        return address(failed).or(() -> address(replayed)).orElse(otherwise);
    }

    /** Whatever is longer than an address can be was not noted by this library. */
    private Optional<String> address(String header) {
        return Optional.ofNullable(headers.get(header)).filter(Headers::isShortString);
    }

    /** Returns the routing key without the version, else the type, else empty. */
    @Override
    public Optional<String> eventName() {
        return VersionedKey.of(routingKey())
                .map(VersionedKey::name)
                .or(() -> Optional.ofNullable(properties.getType()));
    }

    @Override
    public Optional<Version> version() {
        String header = headers.get(Headers.MESSAGE_VERSION);
        try {
            return header == null
                    ? VersionedKey.of(routingKey()).map(key -> Version.parse(key.version()))
                    : Optional.of(Version.parse(header));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    @Override
    public Optional<String> key() {
        return Optional.ofNullable(headers.get(Headers.MESSAGE_KEY));
    }

    @Override
    public Optional<String> correlationId() {
        return Optional.ofNullable(properties.getCorrelationId());
    }

    @Override
    public Optional<Instant> publishedAt() {
        return Optional.ofNullable(properties.getTimestamp()).map(java.util.Date::toInstant);
    }

    @Override
    public int attempt() {
        return attempt;
    }

    @Override
    public Map<String, String> headers() {
        return headers;
    }

    @Override
    public Connection connection() {
        if (connection == null) {
            throw new IllegalStateException("There is no transaction: give the subscription an inbox, idempotent(...)");
        }
        return connection;
    }
}
