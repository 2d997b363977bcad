package dev.dowel.benchmarks.outbox;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import java.io.IOException;
import java.net.URI;
import java.util.function.Consumer;

/** The bare client's consumer, the same for all contenders; acknowledges each. */
final class Handler implements AutoCloseable {

    private static final int PREFETCH = 250;

    private final Connection connection;

    Handler(URI uri, String queue, Consumer<byte[]> handled) throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(uri);
        factory.setAutomaticRecoveryEnabled(false);
        connection = factory.newConnection();
        Channel channel = connection.createChannel();
        channel.basicQos(PREFETCH);
        channel.basicConsume(queue, new DefaultConsumer(channel) {
            @Override
            public void handleDelivery(
                    String consumerTag, Envelope envelope, AMQP.BasicProperties properties, byte[] body)
                    throws IOException {
                handled.accept(body);
                channel.basicAck(envelope.getDeliveryTag(), false);
            }
        });
    }

    @Override
    public void close() {
        connection.abort();
    }
}
