package dev.dowel.benchmarks.messaging;

import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.MessageProperties;
import dev.dowel.benchmarks.messaging.contenders.Dowel;
import dev.dowel.benchmarks.messaging.contenders.Event;
import dev.dowel.benchmarks.messaging.contenders.Job;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.TimeoutException;

/** The exchange and the queues on a broker. For one thread. */
public final class Broker implements AutoCloseable {

    /** What all publish to. */
    public static final String EXCHANGE = "bench";

    private static final int BATCH = 1_000;

    private final URI uri;
    private final Connection connection;
    private final Channel channel;
    private int queues;

    private Broker(URI uri, Connection connection) throws IOException {
        this.uri = uri;
        this.connection = connection;
        this.channel = connection.createChannel();
        channel.confirmSelect();
        channel.exchangeDeclare(EXCHANGE, BuiltinExchangeType.TOPIC, true);
    }

    /** Connects and declares the exchange. */
    public static Broker connect(URI uri) throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(uri);
        factory.setAutomaticRecoveryEnabled(false);
        return new Broker(uri, factory.newConnection());
    }

    /** Returns where the broker is. */
    public URI uri() {
        return uri;
    }

    /** Returns a new quorum queue that gets what is published. */
    public String newQueue() throws IOException {
        String queue = "bench-" + queues++;
        channel.queueDeclare(queue, true, false, false, Map.of("x-queue-type", "quorum"));
        channel.queueBind(queue, EXCHANGE, Job.ROUTING_KEY);
        return queue;
    }

    /** Returns a new queue, declared as messaging's subscriptions want it, with so many messages in it. */
    String newBacklog(int messages, Event event) throws Exception {
        String queue = "bench-" + queues++;
        Dowel.declareQueue(uri, EXCHANGE, queue);
        byte[] body = event.json();
        for (int i = 1; i <= messages; i++) {
            channel.basicPublish("", queue, true, MessageProperties.PERSISTENT_BASIC, body);
            if (i % BATCH == 0 || i == messages) {
                channel.waitForConfirmsOrDie();
            }
        }
        return queue;
    }

    /** Returns how many messages wait in a queue. */
    public long messages(String queue) throws IOException {
        return channel.messageCount(queue);
    }

    /** Removes a queue and those that a subscription declares with it. */
    public void delete(String queue) throws IOException, TimeoutException {
        channel.queueDelete(queue);
        channel.queueDelete(queue + ".parking");
    }

    @Override
    public void close() {
        connection.abort();
    }
}
