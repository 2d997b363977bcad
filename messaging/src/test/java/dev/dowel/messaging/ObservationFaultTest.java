package dev.dowel.messaging;

import static dev.dowel.messaging.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dowel.messaging.MessagingListener.Connection;
import dev.dowel.messaging.MessagingListener.ConnectionChange;
import dev.dowel.messaging.MessagingListener.SlowHandler;
import dev.dowel.messaging.MessagingListener.TopologyProblem;
import dev.dowel.messaging.micrometer.MicrometerMessagingListener;
import dev.dowel.testservices.RabbitMq;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What listeners and meters show while something is wrong. The broker is the test's own. */
class ObservationFaultTest {
    private static final EventType<Long> DELETED = EventType.of("user.deleted", "1.0.0", Long.class);
    private static RabbitMq broker;

    private final RecordingListener heard = new RecordingListener();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private URI vhost;
    private Messaging messaging;

    @BeforeAll
    static void startBroker() {
        broker = RabbitMq.start();
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @BeforeEach
    void start() {
        vhost = broker.newVhost();
        messaging = Messaging.builder()
                .uri(vhost.toString())
                .listener(heard)
                .listener(new MicrometerMessagingListener(registry, Tags.of("broker", "one")))
                .build();
        messaging.start();
        eventually(() -> assertThat(messaging.health().healthy()).isTrue());
    }

    @AfterEach
    void stop() {
        messaging.close();
    }

    @Test
    void lost_connections_are_heard_of_and_counted_when_they_are_back() {
        broker.ctl("close_all_connections", "-p", vhost.getPath().substring(1), "test");

        for (Connection each : Connection.values()) {
            eventually(() -> assertThat(heard.changes)
                    .filteredOn(change -> change.connection() == each && change.reconnected())
                    .hasSize(1));
            assertThat(heard.states(each))
                    .containsSubsequence(
                            ConnectionState.CONNECTED,
                            ConnectionState.BACKING_OFF,
                            ConnectionState.CONNECTING,
                            ConnectionState.CONNECTED);
            eventually(() -> assertThat(registry.get("messaging.connection.reconnects")
                            .tags("connection", each == Connection.PUBLISHING ? "publishing" : "consuming")
                            .tags("broker", "one")
                            .counter()
                            .count())
                    .isEqualTo(1));
        }
    }

    @Test
    void a_blocked_publisher_is_heard_of_and_timed_and_waits_in_the_gauge() {
        messaging.publisher("events").publishAndWait(message());
        broker.ctl("set_vm_memory_high_watermark", "absolute", "1MB");
        CompletableFuture<Receipt> waiting;
        try {
            // The broker stops reading at the first one, and says so only then.
            waiting = messaging.publisher("events").publish(message()).toCompletableFuture();

            eventually(() -> assertThat(heard.states(Connection.PUBLISHING)).endsWith(ConnectionState.BLOCKED));
            eventually(() ->
                    assertThat(gauge("messaging.connection.blocked.seconds")).isPositive());
            assertThat(gauge("messaging.publish.inflight")).isEqualTo(1);
            assertThat(gauge("messaging.connection.state", "connection", "publishing", "state", "blocked"))
                    .isEqualTo(1);
            assertThat(heard.states(Connection.CONSUMING)).endsWith(ConnectionState.CONNECTED);
        } finally {
            broker.ctl("set_vm_memory_high_watermark", "0.4");
        }
        waiting.join();

        eventually(() -> assertThat(heard.changes)
                .contains(new ConnectionChange(
                        Connection.PUBLISHING, ConnectionState.BLOCKED, ConnectionState.CONNECTED, false)));
        assertThat(gauge("messaging.connection.blocked.seconds")).isZero();
        assertThat(gauge("messaging.publish.inflight")).isZero();
        assertThat(heard.published)
                .last()
                .satisfies(event -> assertThat(event.failure()).isEmpty());
    }

    @Test
    void a_handler_that_runs_too_long_is_heard_of_once() {
        CountDownLatch goOn = new CountDownLatch(1);
        Subscription subscription = messaging
                .subscribe("likes")
                .bind("events", "user.deleted", VersionRange.parse("^1.0.0"))
                .maxHandlingTime(Duration.ofMillis(1))
                .handler(Long.class, (body, delivery) -> goOn.await());
        eventually(() -> assertThat(subscription.active()).isTrue());

        messaging.publisher("events").publishAndWait(message());

        eventually(() -> assertThat(heard.slow)
                .singleElement()
                .satisfies(slow -> assertThat(slow.running()).isPositive())
                .extracting(SlowHandler::queue, SlowHandler::event)
                .containsExactly("likes", "user.deleted"));
        goOn.countDown();
        eventually(() -> assertThat(heard.consumed).hasSize(1));
        assertThat(heard.slow).hasSize(1);
        assertThat(registry.get("messaging.handler.slow").counter().count()).isEqualTo(1);
    }

    @Test
    void what_the_broker_refuses_to_declare_is_heard_of() throws Exception {
        try (PlainClient plain = new PlainClient(vhost)) {
            plain.channel().queueDeclare("likes.parking", true, false, false, Map.of("x-queue-type", "quorum"));
        }
        Subscription subscription = messaging
                .subscribe("likes")
                .bind("events", "user.deleted", VersionRange.parse("^1.0.0"))
                .handler(Long.class, (body, delivery) -> {});
        eventually(() -> assertThat(subscription.active()).isTrue());

        assertThat(heard.problems).extracting(TopologyProblem::object).containsExactly("queue likes.parking");
        assertThat(heard.problems.get(0).reason()).contains("PRECONDITION_FAILED");
        assertThat(gauge("messaging.topology.problems")).isEqualTo(1);
    }

    private double gauge(String name, String... tags) {
        return registry.get(name).tags(tags).gauge().value();
    }

    private static Message<Long> message() {
        return Message.of(DELETED, 7L).requireRoute(RouteRequirement.NONE);
    }
}
