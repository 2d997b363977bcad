package dev.dowel.messaging;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Envelope;
import com.rabbitmq.client.LongString;
import java.sql.Connection;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A message as RabbitMQ delivered it. Nothing of ours is required: other publishers' messages are read as far as they go. */
final class RabbitDelivery implements Delivery {
    private static final Pattern VERSIONED_KEY = Pattern.compile("(.+?)\\.(\\d{1,6}\\.\\d{1,6}\\.\\d{1,6})");
    private static final int MAX_ATTEMPTS = 1_000_000;

    private final Envelope envelope;
    private final AMQP.BasicProperties properties;
    private final byte[] body;
    private final Map<String, String> headers;
    private @Nullable Connection connection;

    RabbitDelivery(Envelope envelope, AMQP.BasicProperties properties, byte[] body) {
        this.envelope = envelope;
        this.properties = properties;
        this.body = body;
        this.headers = texts(properties.getHeaders());
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

    byte[] body() {
        return body;
    }

    long tag() {
        return envelope.getDeliveryTag();
    }

    AMQP.BasicProperties properties() {
        return properties;
    }

    void connection(Connection transaction) {
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
        return headers.getOrDefault(FailureHeaders.EXCHANGE, envelope.getExchange());
    }

    @Override
    public String routingKey() {
        return headers.getOrDefault(FailureHeaders.ROUTING_KEY, envelope.getRoutingKey());
    }

    /** Returns the event's name: the routing key without the version, else the type, else empty. */
    Optional<String> eventName() {
        Matcher key = VERSIONED_KEY.matcher(routingKey());
        return key.matches() ? Optional.of(key.group(1)) : Optional.ofNullable(properties.getType());
    }

    @Override
    public Optional<Version> version() {
        String header = headers.get(Headers.MESSAGE_VERSION);
        Matcher key = VERSIONED_KEY.matcher(routingKey());
        try {
            if (header != null) {
                return Optional.of(Version.parse(header));
            }
            return key.matches() ? Optional.of(Version.parse(key.group(2))) : Optional.empty();
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
        Object attempt =
                properties.getHeaders() == null ? null : properties.getHeaders().get(Headers.MESSAGE_ATTEMPT);
        return attempt instanceof Number number ? Math.max(1, Math.min(MAX_ATTEMPTS, number.intValue())) : 1;
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
