package dev.dowel.messaging.internal;

import com.rabbitmq.client.Connection;
import dev.dowel.messaging.TopologyMode;
import java.io.IOException;
import java.util.List;

/** Applies topologies as the mode says. What the broker refuses is reported object by object and does not stop the rest. */
final class Declarer {
    private final TopologyMode mode;
    private final Exchanges exchanges;
    private final TopologyProblems problems;

    Declarer(TopologyMode mode, Exchanges exchanges, TopologyProblems problems) {
        this.mode = mode;
        this.exchanges = exchanges;
        this.problems = problems;
    }

    /** Applies all of it, however often; throws only if the connection does not carry it. */
    void apply(Connection connection, Topology topology) throws IOException {
        if (mode == TopologyMode.NONE) {
            return;
        }
        for (String exchange : topology.exchanges()) {
            try {
                exchanges.ensure(connection, exchange);
            } catch (IOException e) {
                rethrowUnlessRefused(e);
            }
        }
        for (Topology.Queue queue : topology.queues()) {
            attempt(connection, queue.toString(), channel -> {
                if (mode == TopologyMode.DECLARE) {
                    channel.queueDeclare(queue.name(), true, false, false, queue.arguments());
                } else {
                    channel.queueDeclarePassive(queue.name());
                }
            });
        }
        if (mode == TopologyMode.DECLARE) {
            for (Topology.Binding one : topology.bindings()) {
                attempt(
                        connection,
                        one.toString(),
                        channel -> channel.queueBind(one.queue(), one.exchange(), one.routingKey()));
            }
        }
    }

    /**
     * Notes that a message reached no queue of that name. Returns whether that is news, and applying the topology again may
     * help.
     */
    boolean missed(String queue) {
        String object = Topology.queue(queue);
        if (mode == TopologyMode.NONE || problems.any(List.of(object))) {
            return false;
        }
        problems.report(object, "a message for it reached no queue");
        return true;
    }

    boolean hasProblems(Topology topology) {
        return problems.any(topology.objects());
    }

    private void attempt(Connection connection, String object, Exchanges.Declaration declaration) throws IOException {
        try {
            Exchanges.onOwnChannel(connection, declaration);
            problems.mended(object);
        } catch (IOException e) {
            rethrowUnlessRefused(e);
            problems.report(object, e);
        }
    }

    private static void rethrowUnlessRefused(IOException e) throws IOException {
        if (!Exchanges.refusedByBroker(e)) {
            throw e;
        }
    }
}
