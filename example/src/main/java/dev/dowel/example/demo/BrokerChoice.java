package dev.dowel.example.demo;

import dev.dowel.testservices.MissingServiceException;
import dev.dowel.testservices.RabbitMq;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which broker a demo run uses. */
enum BrokerChoice {
    /** {@code RABBITMQ_URI}, else a private one, else in memory. */
    AUTO,
    /** A private one, or the demo fails. */
    PRIVATE,
    /** The one that {@code RABBITMQ_URI} names, or the demo fails. */
    FOREIGN,
    /** In memory. */
    MEMORY;

    Broker open(Map<String, String> environment, List<String> queues) {
        String set = environment.get("RABBITMQ_URI");
        String uri = set == null || set.isEmpty() ? null : set;
        return switch (this) {
            case MEMORY -> new MemoryBroker("messaging is in memory, as asked");
            case PRIVATE -> new PrivateBroker(RabbitMq.start());
            case FOREIGN -> foreign(uri, queues);
            case AUTO -> uri != null ? foreign(uri, queues) : privateOrMemory();
        };
    }

    private static Broker foreign(@Nullable String uri, List<String> queues) {
        if (uri == null) {
            throw new IllegalArgumentException("RABBITMQ_URI is not set");
        }
        return new ForeignBroker(uri, queues);
    }

    private static Broker privateOrMemory() {
        try {
            return new PrivateBroker(RabbitMq.start());
        } catch (MissingServiceException e) {
            return new MemoryBroker("no RabbitMQ was found, so messaging is in memory");
        }
    }
}
