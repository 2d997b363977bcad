package dev.dowel.benchmarks.outbox.contenders;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import dev.dowel.benchmarks.messaging.contenders.Tally;
import java.io.IOException;
import java.net.URI;

/** Connections of the bare client. */
final class Connections {

    private Connections() {}

    static Connection open(URI uri) throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(uri);
        factory.setAutomaticRecoveryEnabled(false);
        return factory.newConnection();
    }

    /** Returns a channel with confirms, on which a message that finds no queue is a failure. */
    static Channel confirmed(Connection connection, Tally tally) throws IOException {
        Channel channel = connection.createChannel();
        channel.confirmSelect();
        channel.addReturnListener(returned -> tally.failed(new IOException("the broker returned a message")));
        return channel;
    }
}
