package dev.dowel.messaging;

import com.rabbitmq.client.AMQP;
import dev.dowel.testservices.RabbitMq;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The contract on a real broker. */
class RabbitObservationContractTest extends ObservationContract {
    private static URI vhost;
    private static PlainClient plain;

    @BeforeAll
    static void newVhost() throws Exception {
        vhost = RabbitMq.shared().newVhost();
        plain = new PlainClient(vhost);
    }

    @AfterAll
    static void disconnect() {
        plain.close();
    }

    @Override
    protected Messaging messaging(List<MessagingListener> listeners) {
        Messaging.Builder builder = Messaging.builder()
                .uri(vhost.toString())
                .connectionName("contract")
                .publishTimeout(Duration.ofSeconds(5));
        listeners.forEach(builder::listener);
        return builder.build();
    }

    @Override
    protected void pass(Messaging messaging, Duration time) {
        // Time passes by itself.
    }

    @Override
    protected void foreign(Messaging messaging, String exchange, String queue, String routingKey, String type) {
        try {
            // Over the default exchange, which takes whatever name for the event from the type.
            plain.channel()
                    .basicPublish(
                            "",
                            queue,
                            new AMQP.BasicProperties.Builder()
                                    .type(type)
                                    .messageId(routingKey)
                                    .build(),
                            "{\"id\":1}".getBytes(StandardCharsets.UTF_8));
        } catch (java.io.IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
