package dev.dowel.messaging;

import dev.dowel.testservices.RabbitMq;
import java.net.URI;
import org.junit.jupiter.api.BeforeAll;

/** The contract on a real broker. */
class RabbitVersionContractTest extends VersionContract {
    private static URI vhost;

    @BeforeAll
    static void newVhost() {
        vhost = RabbitMq.shared().newVhost();
    }

    @Override
    protected Messaging messaging(String exchange, EventType<?>... declared) {
        return Messaging.builder()
                .uri(vhost.toString())
                .connectionName("contract")
                .publishes(exchange, declared)
                .build();
    }
}
