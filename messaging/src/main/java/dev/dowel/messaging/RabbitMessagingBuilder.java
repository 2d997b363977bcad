package dev.dowel.messaging;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;

/** Collects options for {@link RabbitMessaging}. */
final class RabbitMessagingBuilder implements Messaging.Builder {
    private static final int MAX_BODY = 16 * 1024 * 1024;
    private static final Duration MAX_TIMEOUT = Duration.ofMinutes(10);

    private BrokerAddress address = BrokerAddress.parse("amqp://guest:guest@localhost:5672");
    private String connectionName = "dowel";
    private JsonCodec json = JsonCodec.jackson2();
    private Duration publishTimeout = Duration.ofSeconds(10);
    private int maxBodySize = 1024 * 1024;

    @Override
    public Messaging.Builder uri(String uri) {
        this.address = BrokerAddress.parse(uri);
        return this;
    }

    @Override
    public Messaging.Builder environment(Map<String, String> variables) {
        this.address = BrokerAddress.fromEnvironment(variables);
        return this;
    }

    @Override
    public Messaging.Builder connectionName(String name) {
        Headers.checkShortString(name, "connectionName");
        this.connectionName = name;
        return this;
    }

    @Override
    public Messaging.Builder json(JsonCodec codec) {
        this.json = Objects.requireNonNull(codec, "codec");
        return this;
    }

    @Override
    public Messaging.Builder publishTimeout(Duration timeout) {
        if (timeout.compareTo(Duration.ofMillis(1)) < 0 || timeout.compareTo(MAX_TIMEOUT) > 0) {
            throw new IllegalArgumentException("publishTimeout is 1 ms to 10 minutes, not " + timeout);
        }
        this.publishTimeout = timeout;
        return this;
    }

    @Override
    public Messaging.Builder maxBodySize(int bytes) {
        if (bytes < 1 || bytes > MAX_BODY) {
            throw new IllegalArgumentException("maxBodySize is 1 to " + MAX_BODY + " bytes, not " + bytes);
        }
        this.maxBodySize = bytes;
        return this;
    }

    @Override
    public Messaging build() {
        return new RabbitMessaging(address, connectionName, json, publishTimeout, maxBodySize);
    }
}
