package dev.dowel.messaging.internal;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import dev.dowel.messaging.TopologyMode;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Makes sure that exchanges are there, each on a channel of its own, since a refusal closes the channel. */
final class Exchanges {
    private static final String TOPIC = "topic";

    private static final long REFUSED_FOR = TimeUnit.SECONDS.toNanos(2);

    private final TopologyMode mode;
    private final TopologyProblems problems;
    private final LongSupplier nanos;
    private final Map<String, Refusal> refusals = new ConcurrentHashMap<>();

    Exchanges(TopologyMode mode, TopologyProblems problems) {
        this(mode, problems, System::nanoTime);
    }

    Exchanges(TopologyMode mode, TopologyProblems problems, LongSupplier nanos) {
        this.mode = mode;
        this.problems = problems;
        this.nanos = nanos;
    }

    private record Refusal(IOException said, long at) {}

    /** Does as {@link #ensure} does, but within two seconds of a refusal throws that again without asking the broker. */
    void ensureUnlessJustRefused(Connection connection, String exchange) throws IOException {
        Refusal last = refusals.get(exchange);
        if (last != null && nanos.getAsLong() - last.at() < REFUSED_FOR) {
            throw last.said();
        }
        ensure(connection, exchange);
    }

    /**
     * Declares a durable topic exchange, or looks for it, as the mode says. One that is there already, of whatever type and
     * whoever may declare it, is good enough. What the broker refuses is reported and thrown.
     */
    void ensure(Connection connection, String exchange) throws IOException {
        if (mode == TopologyMode.NONE) {
            return;
        }
        try {
            if (mode == TopologyMode.DECLARE) {
                declare(connection, exchange);
            } else {
                onOwnChannel(connection, channel -> channel.exchangeDeclarePassive(exchange));
            }
            refusals.remove(exchange);
            problems.mended(Topology.exchange(exchange));
        } catch (IOException e) {
            if (refusedByBroker(e)) {
                refusals.put(exchange, new Refusal(e, nanos.getAsLong()));
                problems.report(Topology.exchange(exchange), e);
            }
            throw e;
        }
    }

    private static void declare(Connection connection, String exchange) throws IOException {
        try {
            onOwnChannel(connection, channel -> channel.exchangeDeclare(exchange, TOPIC, true));
        } catch (IOException refused) {
            if (!refusedByBroker(refused)) {
                throw refused;
            }
            try {
                onOwnChannel(connection, channel -> channel.exchangeDeclarePassive(exchange));
            } catch (IOException missing) {
                // Why it could not be declared says more than that it is missing.
                refused.addSuppressed(missing);
                throw refusedByBroker(missing) ? refused : missing;
            }
        }
    }

    /** Tells whether the broker said no and closed no more than the channel. */
    static boolean refusedByBroker(Exception e) {
        return e.getCause() instanceof ShutdownSignalException signal
                && !signal.isInitiatedByApplication()
                && signal.getReason() instanceof AMQP.Channel.Close;
    }

    /** Something to ask of the broker that may close the channel. */
    interface Declaration {
        void on(Channel channel) throws IOException;
    }

    static void onOwnChannel(Connection connection, Declaration declaration) throws IOException {
        Channel channel = openChannel(connection);
        try {
            declaration.on(channel);
        } finally {
            channel.abort();
        }
    }

    static Channel openChannel(Connection connection) throws IOException {
        return connection.openChannel().orElseThrow(() -> new IOException("no channel number is free"));
    }
}
