package dev.dowel.messaging;

import java.time.Duration;
import java.util.Map;

/** Replaced by the real one. */
final class RabbitMessagingBuilder implements Messaging.Builder {
    @Override
    public Messaging.Builder uri(String uri) {
        return this;
    }

    @Override
    public Messaging.Builder environment(Map<String, String> variables) {
        return this;
    }

    @Override
    public Messaging.Builder connectionName(String name) {
        return this;
    }

    @Override
    public Messaging.Builder json(JsonCodec codec) {
        return this;
    }

    @Override
    public Messaging.Builder publishTimeout(Duration timeout) {
        return this;
    }

    @Override
    public Messaging.Builder maxBodySize(int bytes) {
        return this;
    }

    @Override
    public Messaging build() {
        throw new UnsupportedOperationException();
    }
}
