package dev.dowel.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dowel.testservices.RabbitMq;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A network that brings nothing any more, in one direction, and does not say so. */
class HalfOpenConnectionTest {
    private static final EventType<Long> DELETED = EventType.of("user.deleted", "1.0.0", Long.class);

    private final URI vhost = RabbitMq.shared().newVhost();

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_half_open_connection_is_noticed_by_its_heartbeats_and_replaced(boolean towardsClient) throws Exception {
        List<Long> handled = new CopyOnWriteArrayList<>();
        try (TcpProxy proxy = TcpProxy.to(vhost.getPort());
                Messaging messaging = Messaging.builder()
                        .uri("amqp://" + vhost.getUserInfo() + "@127.0.0.1:" + proxy.port() + vhost.getPath())
                        .connectionName("half-open")
                        .heartbeat(Duration.ofSeconds(2))
                        .publishTimeout(Duration.ofSeconds(2))
                        .build()) {
            messaging.start();
            Subscription subscription = messaging
                    .subscribe("likes")
                    .bind("events", "user.deleted", VersionRange.parse("^1.0.0"))
                    .handler(Long.class, (body, delivery) -> handled.add(body));
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> messaging.health().healthy());
            assertThat(proxy.accepted()).isEqualTo(2);

            if (towardsClient) {
                proxy.swallowToClient();
            } else {
                proxy.swallowToBroker();
            }

            await().atMost(Duration.ofSeconds(40)).until(() -> proxy.accepted() == 4);
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> messaging.health().healthy() && subscription.active());
            messaging.publisher("events").publishAndWait(Message.of(DELETED, 7L));
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(handled).containsExactly(7L));
        }
    }
}
