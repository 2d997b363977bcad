package dev.dowel.messaging.internal;

import dev.dowel.messaging.Contract;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a subscription needs on the broker. Queues that messages are moved to come before those they are moved from: the
 * broker looks for a missing target again only after three minutes. Everything is a durable quorum queue, and what
 * dead-letters does so at least once.
 *
 * @param exchanges names of topic exchanges
 * @param queues in the order in which they must come to be
 * @param bindings which routing keys the work queue gets
 */
record Topology(Set<String> exchanges, List<Queue> queues, List<Binding> bindings) {
    private static final int DELIVERY_LIMIT = 20;
    /**
     * Looking at a parked message and putting it back counts as a delivery, and from RabbitMQ 4.0 on a queue without a limit
     * of its own drops a message after twenty.
     */
    private static final int NO_DELIVERY_LIMIT = 1_000_000_000;

    /** A durable queue. */
    record Queue(String name, Map<String, Object> arguments) {
        @Override
        public String toString() {
            return queue(name);
        }
    }

    /** What a queue gets from an exchange. */
    record Binding(String queue, String exchange, String routingKey) {
        @Override
        public String toString() {
            return "binding of " + queue + " to " + exchange + " for " + routingKey;
        }
    }

    Topology {
        exchanges = Set.copyOf(exchanges);
        queues = List.copyOf(queues);
        bindings = List.copyOf(bindings);
    }

    static Topology of(SubscriptionPlan plan) {
        List<Queue> queues = new ArrayList<>();
        queues.add(parking(plan));
        queues.add(work(plan));
        plan.retries().forEach(retry -> queues.add(delayed(plan, retry)));
        Set<String> exchanges = new LinkedHashSet<>();
        Set<Binding> bindings = new LinkedHashSet<>();
        for (Contract.Binding binding : plan.bindings()) {
            exchanges.add(binding.exchange());
            binding.routingKeys().forEach(key -> bindings.add(new Binding(plan.queue(), binding.exchange(), key)));
        }
        return new Topology(exchanges, queues, List.copyOf(bindings));
    }

    static String exchange(String name) {
        return "exchange " + name;
    }

    static String queue(String name) {
        return "queue " + name;
    }

    /** Returns the names that problems are reported under. */
    List<String> objects() {
        List<String> objects = new ArrayList<>();
        exchanges.forEach(name -> objects.add(exchange(name)));
        queues.forEach(queue -> objects.add(queue.toString()));
        bindings.forEach(binding -> objects.add(binding.toString()));
        return objects;
    }

    private static Queue parking(SubscriptionPlan plan) {
        Map<String, Object> arguments = quorum();
        arguments.put("x-delivery-limit", NO_DELIVERY_LIMIT);
        return new Queue(plan.parking(), Map.copyOf(arguments));
    }

    /** The limit is only for consumers that crash; attempts are counted in a header of ours. */
    private static Queue work(SubscriptionPlan plan) {
        Map<String, Object> arguments = deadLettering(plan.parking());
        arguments.put("x-delivery-limit", DELIVERY_LIMIT);
        if (plan.inOrder()) {
            arguments.put("x-single-active-consumer", true);
        }
        return new Queue(plan.queue(), Map.copyOf(arguments));
    }

    private static Queue delayed(SubscriptionPlan plan, RetryQueue retry) {
        Map<String, Object> arguments = deadLettering(plan.queue());
        arguments.put("x-message-ttl", retry.delay().toMillis());
        return new Queue(retry.name(), Map.copyOf(arguments));
    }

    private static Map<String, Object> deadLettering(String target) {
        Map<String, Object> arguments = quorum();
        arguments.put("x-dead-letter-exchange", "");
        arguments.put("x-dead-letter-routing-key", target);
        arguments.put("x-dead-letter-strategy", "at-least-once");
        arguments.put("x-overflow", "reject-publish");
        return arguments;
    }

    private static Map<String, Object> quorum() {
        Map<String, Object> arguments = new HashMap<>();
        arguments.put("x-queue-type", "quorum");
        return arguments;
    }
}
