package dev.dowel.messaging.internal;

import com.rabbitmq.client.Connection;
import dev.dowel.messaging.Messaging;
import dev.dowel.messaging.TopologyMode;
import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How many messages the parking queues hold, as of the last time they were asked. */
final class ParkedCounts {
    private static final Logger LOG = LoggerFactory.getLogger(Messaging.class);

    private final TopologyMode mode;
    private final TopologyProblems problems;
    private final Map<String, Long> counts = new ConcurrentHashMap<>();
    private final Set<String> absent = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean running = new AtomicBoolean();

    ParkedCounts(TopologyMode mode, TopologyProblems problems) {
        this.mode = mode;
        this.problems = problems;
    }

    /** Asks the broker, unless it is being asked already. */
    void refresh(Connection connection, List<SubscriptionPlan> plans) {
        if (running.compareAndSet(false, true)) {
            try {
                for (SubscriptionPlan plan : plans) {
                    if (!absent.contains(plan.queue()) && !problems.any(List.of(object(plan)))) {
                        count(connection, plan);
                    }
                }
            } catch (IOException | RuntimeException e) {
                LOG.debug("Parked messages could not be counted", e);
            } finally {
                running.set(false);
            }
        }
    }

    private void count(Connection connection, SubscriptionPlan plan) throws IOException {
        try {
            Exchanges.onOwnChannel(
                    connection, channel -> counts.put(plan.queue(), channel.messageCount(plan.parking())));
        } catch (IOException e) {
            if (!Exchanges.refusedByBroker(e)) {
                throw e;
            }
            counts.remove(plan.queue());
            if (mode == TopologyMode.NONE) {
                // Each time it is asked for in vain makes a line in the broker's log.
                absent.add(plan.queue());
            } else {
                // The subscription sees the problem and applies its topology again.
                problems.report(object(plan), e);
            }
        }
    }

    private static String object(SubscriptionPlan plan) {
        return Topology.queue(plan.parking());
    }

    void forget(String queue) {
        counts.remove(queue);
        absent.remove(queue);
    }

    Map<String, Long> of(Collection<String> queues) {
        Map<String, Long> wanted = new HashMap<>(counts);
        wanted.keySet().retainAll(queues);
        return wanted;
    }
}
