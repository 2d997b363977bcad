package dev.dowel.messaging;

import dev.dowel.testservices.RabbitMq;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The contract on a real broker, of the test's own because its alarm blocks everybody. */
class RabbitBlockedContractTest extends BlockedContract {
    private static RabbitMq broker;

    @BeforeAll
    static void startBroker() {
        broker = RabbitMq.start();
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @Override
    protected Messaging messaging(MessagingListener listener) {
        return Messaging.builder()
                .uri(broker.uri().toString())
                .publishTimeout(Duration.ofSeconds(1))
                .listener(listener)
                .build();
    }

    @Override
    protected void block(Messaging messaging) {
        broker.ctl("set_vm_memory_high_watermark", "absolute", "1MB");
    }

    @Override
    protected void unblock(Messaging messaging) {
        broker.ctl("set_vm_memory_high_watermark", "0.4");
    }

    @Override
    protected void pass(Messaging messaging, Duration time) {
        // Time passes by itself.
    }
}
