package dev.dowel.messaging;

import dev.dowel.testservices.RabbitMq;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;

/** The contract on a real broker. */
class RabbitParkingLotContractTest extends ParkingLotContract {
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
                .publishTimeout(Duration.ofSeconds(2))
                .build();
    }

    @Override
    protected void pass(Messaging messaging, Duration time) {
        // Time passes by itself.
    }
}
