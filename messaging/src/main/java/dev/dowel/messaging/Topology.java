package dev.dowel.messaging;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeoutException;

/**
 * Declares a subscription's queues, those that messages are moved to before those they are moved from: the broker looks
 * for a missing target again only after three minutes. Everything is a durable quorum queue, and what dead-letters does so
 * at least once.
 */
final class Topology {
    private static final int DELIVERY_LIMIT = 20;

    private Topology() {}

    static void declare(Connection connection, SubscriptionPlan plan) throws IOException, TimeoutException {
        Channel channel = Exchanges.openChannel(connection);
        try {
            channel.queueDeclare(plan.parking(), true, false, false, quorum());
            channel.queueDeclare(plan.queue(), true, false, false, work(plan));
            for (RetryQueue retry : plan.retries()) {
                channel.queueDeclare(retry.name(), true, false, false, delayed(plan, retry));
            }
            Set<String> exchanges = new HashSet<>();
            for (SubscriptionPlan.Binding binding : plan.bindings()) {
                if (exchanges.add(binding.exchange())) {
                    Exchanges.ensure(connection, binding.exchange());
                }
                for (String key : binding.versions().bindingKeys(binding.eventName())) {
                    channel.queueBind(plan.queue(), binding.exchange(), key);
                }
            }
        } finally {
            channel.abort();
        }
    }

    private static Map<String, Object> quorum() {
        Map<String, Object> arguments = new HashMap<>();
        arguments.put("x-queue-type", "quorum");
        return arguments;
    }

    private static Map<String, Object> deadLettering(String target) {
        Map<String, Object> arguments = quorum();
        arguments.put("x-dead-letter-exchange", "");
        arguments.put("x-dead-letter-routing-key", target);
        arguments.put("x-dead-letter-strategy", "at-least-once");
        arguments.put("x-overflow", "reject-publish");
        return arguments;
    }

    /** The limit is only for consumers that crash; attempts are counted in a header of ours. */
    private static Map<String, Object> work(SubscriptionPlan plan) {
        Map<String, Object> arguments = deadLettering(plan.parking());
        arguments.put("x-delivery-limit", DELIVERY_LIMIT);
        return arguments;
    }

    private static Map<String, Object> delayed(SubscriptionPlan plan, RetryQueue retry) {
        Map<String, Object> arguments = deadLettering(plan.queue());
        arguments.put("x-message-ttl", retry.delay().toMillis());
        return arguments;
    }
}
