package dev.dowel.messaging;

import static dev.dowel.messaging.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.GetResponse;
import dev.dowel.testservices.RabbitMq;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What RabbitMQ notes about a message's deaths must not travel on: with it, 3.10 drops a message without a word when it
 * comes to a queue again. Rule B4, probes (a), (b) and (c).
 */
class DeathNotesTest {
    record Deleted(long id) {}

    private static final EventType<Deleted> DELETED = EventType.of("user.deleted", "1.0.0", Deleted.class);
    private static final String QUEUE = "likes";
    private static final String PARKING = QUEUE + ".parking";
    private static final int CRASHES = 21;

    private final List<Messaging> open = new ArrayList<>();
    private final List<String> handled = new CopyOnWriteArrayList<>();
    private URI vhost;
    private Messaging messaging;

    @BeforeEach
    void connect() {
        vhost = RabbitMq.shared().newVhost();
        messaging = started(TopologyMode.DECLARE);
    }

    @AfterEach
    void close() {
        open.forEach(Messaging::close);
    }

    @Test
    void b4_a_delay_that_an_operator_has_made_of_two_queues_is_passed_again_and_again_and_loses_nothing()
            throws Exception {
        try (PlainClient operator = new PlainClient(vhost)) {
            operator.declare("events", QUEUE, "quorum");
            delay(operator, QUEUE + ".second", QUEUE);
            delay(operator, QUEUE + ".retry.50ms", QUEUE + ".second");
        }
        Messaging bound = started(TopologyMode.NONE);
        active(subscription(bound)
                .retry(Duration.ofMillis(50), Duration.ofMillis(60), Duration.ofMillis(70), Duration.ofMillis(80))
                .handler(Deleted.class, (body, delivery) -> {
                    handled.add(body.id() + "." + delivery.attempt());
                    if (delivery.attempt() < 4) {
                        throw new RetryLater(Duration.ofMillis(50));
                    }
                }));

        publish();

        eventually(() -> assertThat(handled).containsExactly("1.1", "1.2", "1.3", "1.4"));
    }

    private static void delay(PlainClient operator, String queue, String target) throws Exception {
        operator.channel()
                .queueDeclare(
                        queue,
                        true,
                        false,
                        false,
                        Map.of(
                                "x-queue-type",
                                "quorum",
                                "x-message-ttl",
                                50,
                                "x-dead-letter-exchange",
                                "",
                                "x-dead-letter-routing-key",
                                target,
                                "x-dead-letter-strategy",
                                "at-least-once",
                                "x-overflow",
                                "reject-publish"));
    }

    @Test
    void b4_several_passes_through_one_delay_queue_lose_nothing() {
        active(subscription(messaging)
                .retry(Duration.ofMillis(50), Duration.ofMillis(60), Duration.ofMillis(70), Duration.ofMillis(80))
                .handler(Deleted.class, (body, delivery) -> {
                    handled.add(body.id() + "." + delivery.attempt());
                    if (delivery.attempt() < 5) {
                        throw new RetryLater(Duration.ofMillis(1));
                    }
                }));

        publish();

        eventually(() -> assertThat(handled).containsExactly("1.1", "1.2", "1.3", "1.4", "1.5"));
    }

    @Test
    void b4_crashes_up_to_the_delivery_limit_after_a_delay_and_a_replay_with_further_delays_lose_nothing() {
        AtomicInteger calls = new AtomicInteger();
        active(subscription(messaging)
                .retry(Duration.ofMillis(50), Duration.ofMillis(60))
                .handler(Deleted.class, (body, delivery) -> {
                    int call = calls.incrementAndGet();
                    if (call == 1) {
                        throw new IllegalStateException("to the delay queue");
                    }
                    if (call <= 1 + CRASHES) {
                        throw new StackOverflowError("on purpose");
                    }
                    handled.add(delivery.attempt() + " " + delivery.routingKey());
                    if (delivery.attempt() < 3) {
                        throw new IllegalStateException("to the delay queue again");
                    }
                }));
        publish();
        ParkingLot lot = messaging.parkingLot(QUEUE);
        eventually(() -> assertThat(lot.peek(10)).hasSize(1));
        ParkedMessage parked = lot.peek(10).get(0);
        assertThat(parked.reason()).isEqualTo("delivery_limit");
        assertThat(parked.exchange()).isEqualTo("events");
        assertThat(parked.attempts()).isEqualTo(2);

        assertThat(lot.replayAll()).isEqualTo(1);

        eventually(() -> assertThat(handled)
                .containsExactly("1 user.deleted.1.0.0", "2 user.deleted.1.0.0", "3 user.deleted.1.0.0"));
        assertThat(lot.count()).isZero();
    }

    @Test
    void b4_what_comes_from_the_parking_lot_has_nothing_of_the_brokers_in_its_headers() throws Exception {
        Subscription crashing = active(subscription(messaging).handler(Deleted.class, (body, delivery) -> {
            throw new StackOverflowError("on purpose");
        }));
        publish();
        ParkingLot lot = messaging.parkingLot(QUEUE);
        eventually(() -> assertThat(lot.count()).isEqualTo(1));
        crashing.close();
        try (PlainClient plain = new PlainClient(vhost)) {
            GetResponse parked = plain.channel().basicGet(PARKING, false);
            assertThat(parked.getProps().getHeaders()).containsKey("x-death");
            plain.channel().basicReject(parked.getEnvelope().getDeliveryTag(), true);
            eventually(() -> assertThat(plain.channel().messageCount(PARKING)).isEqualTo(1));

            assertThat(lot.replayAll()).isEqualTo(1);

            AMQP.BasicProperties replayed =
                    plain.channel().basicGet(QUEUE, true).getProps();
            assertThat(replayed.getHeaders().keySet())
                    .doesNotContain("x-death")
                    .noneMatch(name -> name.startsWith("x-first-death") || name.startsWith("x-last-death"));
        }
    }

    private SubscriptionBuilder subscription(Messaging on) {
        return on.subscribe(QUEUE).bind("events", "user.deleted", VersionRange.parse("^1.0.0"));
    }

    private static Subscription active(Subscription subscription) {
        await().atMost(Duration.ofSeconds(20)).until(subscription::active);
        return subscription;
    }

    private void publish() {
        messaging.publisher("events").publishAndWait(Message.of(DELETED, new Deleted(1)));
    }

    private Messaging started(TopologyMode mode) {
        Messaging made = Messaging.builder()
                .uri(vhost.toString())
                .connectionName("deaths")
                .topology(mode)
                .build();
        open.add(made);
        made.start();
        assertThat(made.awaitConnected(Duration.ofSeconds(20))).isTrue();
        return made;
    }
}
