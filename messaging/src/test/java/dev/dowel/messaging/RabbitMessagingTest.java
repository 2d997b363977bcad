package dev.dowel.messaging;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import dev.dowel.testservices.RabbitMq;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;

/** The contract on a real broker. */
class RabbitMessagingTest extends MessagingContract {
    private static URI vhost;

    @BeforeAll
    static void newVhost() {
        vhost = RabbitMq.shared().newVhost();
    }

    @Override
    protected Messaging messaging() {
        return Messaging.builder()
                .uri(vhost.toString())
                .connectionName("contract")
                .build();
    }

    @Override
    protected void pass(Messaging messaging, Duration time) {
        // Time passes by itself.
    }

    @Override
    protected int parked(Messaging messaging, String queue) throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(vhost.toString());
        try (Connection connection = factory.newConnection();
                Channel channel = connection.createChannel()) {
            return (int) channel.messageCount(queue + ".parking");
        }
    }
}
