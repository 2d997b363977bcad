package dev.dowel.messaging;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What a service publishes, as it declared with {@link Messaging.Builder#publishes}, and what it consumes, as its
 * subscriptions say. Immutable.
 *
 * @param published each event in each version, in the order of declaration
 * @param consumed one for each subscription that has been started and not stopped, by queue
 */
public record Contract(List<Published> published, List<Consumed> consumed) {
    /**
     * Copies the lists.
     *
     * @param published each event in each version
     * @param consumed one for each subscription
     */
    public Contract {
        published = List.copyOf(published);
        consumed = List.copyOf(consumed);
    }

    /**
     * One event in one version on an exchange.
     *
     * @param exchange the exchange
     * @param type the event and its version
     */
    public record Published(String exchange, EventType<?> type) {
        /**
         * Checks that nothing is null.
         *
         * @param exchange the exchange
         * @param type the event and its version
         */
        public Published {
            Objects.requireNonNull(exchange, "exchange");
            Objects.requireNonNull(type, "type");
        }
    }

    /**
     * A queue and everything that it is to be bound to.
     *
     * @param queue the subscription's queue
     * @param bindings what the subscription wants
     */
    public record Consumed(String queue, List<Binding> bindings) {
        /**
         * Copies the list.
         *
         * @param queue the subscription's queue
         * @param bindings what the subscription wants
         */
        public Consumed {
            Objects.requireNonNull(queue, "queue");
            bindings = List.copyOf(bindings);
        }
    }

    /**
     * One event in a range of versions on an exchange.
     *
     * @param exchange the exchange
     * @param eventName the event's name
     * @param versions the versions
     * @param body the class that bodies are decoded to; empty if no handler takes the lowest of the versions
     */
    public record Binding(String exchange, String eventName, VersionRange versions, Optional<Class<?>> body) {
        /**
         * Checks that nothing is null.
         *
         * @param exchange the exchange
         * @param eventName the event's name
         * @param versions the versions
         * @param body the class that bodies are decoded to
         */
        public Binding {
            Objects.requireNonNull(exchange, "exchange");
            Objects.requireNonNull(eventName, "eventName");
            Objects.requireNonNull(versions, "versions");
            Objects.requireNonNull(body, "body");
        }

        /**
         * Returns the topic keys that the queue is bound with on the exchange.
         *
         * @return at least one key
         */
        public List<String> routingKeys() {
            return versions.bindingKeys(eventName);
        }
    }
}
