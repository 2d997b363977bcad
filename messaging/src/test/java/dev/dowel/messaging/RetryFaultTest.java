package dev.dowel.messaging;

import static dev.dowel.messaging.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import dev.dowel.testservices.RabbitMq;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Failed messages are neither lost nor in each other's way, whatever failed. Rules B3, B6, D3 and D4. */
class RetryFaultTest {
    record Deleted(long id) {}

    private static final EventType<Deleted> DELETED = EventType.of("user.deleted", "1.0.0", Deleted.class);
    private static final String QUEUE = "likes";
    private static final int CRASHES = 21;

    private final List<Messaging> open = new ArrayList<>();
    private final List<String> handled = new CopyOnWriteArrayList<>();
    private URI vhost;
    private Messaging messaging;

    @BeforeEach
    void connect() {
        vhost = RabbitMq.shared().newVhost();
        messaging = started();
    }

    @AfterEach
    void close() {
        open.forEach(Messaging::close);
    }

    @Test
    void b3_a_short_delay_is_not_held_up_by_a_long_one() {
        active(subscription()
                .retry(Duration.ofMillis(200), Duration.ofSeconds(4))
                .handler(Deleted.class, (body, delivery) -> {
                    handled.add(body.id() + "." + delivery.attempt());
                    if (delivery.attempt() == 1) {
                        throw new RetryLater(body.id() == 1 ? Duration.ofSeconds(4) : Duration.ofMillis(200));
                    }
                }));

        publish(1, 2);

        eventually(() -> assertThat(handled).containsExactly("1.1", "2.1", "2.2", "1.2"));
    }

    @Test
    void b6_a_consumer_that_crashes_again_and_again_loses_none_of_what_it_had_fetched() throws Exception {
        active(subscription().handler(Deleted.class, (body, delivery) -> {})).close();
        publish(LongStream.range(0, 50).toArray());

        for (int crash = 0; crash < 25; crash++) {
            try (Connection connection = connection()) {
                Channel channel = connection.createChannel();
                channel.basicQos(50);
                CountDownLatch fetched = new CountDownLatch(crash < CRASHES ? 50 : 0);
                channel.basicConsume(QUEUE, false, (tag, delivery) -> fetched.countDown(), tag -> {});
                assertThat(fetched.await(20, TimeUnit.SECONDS)).isTrue();
            }
        }

        ParkingLot lot = messaging.parkingLot(QUEUE);
        eventually(() -> assertThat(lot.count()).isEqualTo(50));
        assertThat(lot.peek(100))
                .extracting(ParkedMessage::reason, ParkedMessage::routingKey)
                .containsOnly(tuple("delivery_limit", "user.deleted.1.0.0"));
        active(subscription().handler(Deleted.class, (body, delivery) -> handled.add("" + body.id())));
        assertThat(lot.replayAll()).isEqualTo(50);
        eventually(() -> assertThat(handled).hasSize(50).doesNotHaveDuplicates());
    }

    @Test
    void d3_what_is_noted_about_a_failure_is_bounded_and_cuts_no_character_in_two() {
        String endless = "x" + "\ud83d\ude00".repeat(500_000);
        active(subscription().retry().handler(Deleted.class, (body, delivery) -> {
            throw new IllegalStateException(endless);
        }));

        publish(1);

        ParkingLot lot = messaging.parkingLot(QUEUE);
        eventually(() -> assertThat(lot.peek(1)).hasSize(1));
        assertThat(lot.peek(1).get(0).reason()).isEqualTo(endless.substring(0, 499));
    }

    @Test
    void d4_whatever_cannot_be_decoded_is_parked_and_the_consumer_lives_on() throws Exception {
        active(subscription().handler(Deleted.class, (body, delivery) -> handled.add("" + body.id())));
        List<byte[]> bodies = new ArrayList<>();
        for (String text : List.of(
                "",
                " ",
                "null",
                "7",
                "true",
                "\"id\"",
                "[1]",
                "{",
                "{\"id\":1",
                "{\"id\":{}}",
                "{\"id\":[1,2]}",
                "{\"id\":\"x\"}",
                "{\"id\":1e999999}",
                "{\"id\":99999999999999999999999}",
                "{\"id\":" + "9".repeat(100_000) + "}",
                "[".repeat(200_000),
                "{\"a\":".repeat(100_000),
                "{\"id\":1,\"a\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}",
                "\"" + "x".repeat(900_000))) {
            bodies.add(text.getBytes(StandardCharsets.UTF_8));
        }
        Random random = new Random(42);
        for (int i = 0; i < 200; i++) {
            byte[] body = new byte[1 + random.nextInt(300)];
            random.nextBytes(body);
            body[0] = (byte) (0x80 | body[0]);
            bodies.add(body);
        }
        try (Connection connection = connection();
                Channel channel = connection.createChannel()) {
            channel.confirmSelect();
            for (byte[] body : bodies) {
                channel.basicPublish("events", "user.deleted.1.0.0", true, null, body);
            }
            channel.waitForConfirmsOrDie(30_000);
        }
        publish(7);

        ParkingLot lot = messaging.parkingLot(QUEUE);
        eventually(() -> assertThat(lot.count()).isEqualTo(bodies.size()));
        eventually(() -> assertThat(handled).containsExactly("7"));
        List<ParkedMessage> parked = lot.peek(1_000);
        assertThat(parked).hasSize(bodies.size());
        assertThat(parked).extracting(ParkedMessage::body).containsExactlyElementsOf(bodies);
        assertThat(parked).allSatisfy(one -> {
            assertThat(one.reason()).startsWith("undecodable");
            assertThat(one.id()).startsWith("sha256-");
        });
        String empty = parked.get(0).id();
        assertThat(lot.discard(empty)).isTrue();
        assertThat(lot.peek(1_000)).extracting(ParkedMessage::id).doesNotContain(empty);
    }

    @Test
    void a_message_without_an_id_is_replayed_by_its_digest() throws Exception {
        active(subscription().retry().handler(Deleted.class, (body, delivery) -> {
            handled.add(body.id() + " " + delivery.messageId().isPresent());
            if (handled.size() == 1) {
                throw new IllegalStateException("on purpose");
            }
        }));
        raw("{\"id\":1}", null);
        ParkingLot lot = messaging.parkingLot(QUEUE);
        eventually(() -> assertThat(lot.count()).isEqualTo(1));

        assertThat(lot.replay(lot.peek(1).get(0).id())).isTrue();

        eventually(() -> assertThat(handled).containsExactly("1 false", "1 false"));
    }

    @Test
    void what_is_parked_in_large_bodies_is_held_in_portions_and_replayed_in_order() throws Exception {
        active(subscription().retry().handler(String.class, (body, delivery) -> {
                    throw new IllegalStateException("on purpose");
                }))
                .close();
        String large = "x".repeat(900_000);
        try (Connection connection = connection();
                Channel channel = connection.createChannel()) {
            channel.confirmSelect();
            for (int i = 0; i < 40; i++) {
                channel.basicPublish(
                        "",
                        QUEUE + ".parking",
                        true,
                        new AMQP.BasicProperties.Builder().messageId("m" + i).build(),
                        ("\"" + i + " " + large + "\"").getBytes(StandardCharsets.UTF_8));
            }
            channel.waitForConfirmsOrDie(60_000);
        }
        ParkingLot lot = messaging.parkingLot(QUEUE);
        assertThat(lot.peek(1_000)).hasSizeBetween(18, 20);
        assertThat(lot.count()).isEqualTo(40);

        assertThat(lot.replayAll()).isEqualTo(40);

        active(subscription()
                .retry()
                .handler(String.class, (body, delivery) -> handled.add(body.substring(0, body.indexOf(' ')))));
        eventually(() -> assertThat(handled)
                .containsExactlyElementsOf(
                        LongStream.range(0, 40).mapToObj(Long::toString).toList()));
    }

    @Test
    void replaying_without_the_work_queue_fails_and_leaves_the_message_parked() throws Exception {
        active(subscription().retry().handler(Deleted.class, (body, delivery) -> {
            throw new IllegalStateException("on purpose");
        }));
        publish(1, 2);
        ParkingLot lot = messaging.parkingLot(QUEUE);
        eventually(() -> assertThat(lot.count()).isEqualTo(2));
        messaging.close();
        messaging = started();
        ParkingLot later = messaging.parkingLot(QUEUE);
        try (Connection connection = connection();
                Channel channel = connection.createChannel()) {
            channel.queueDelete(QUEUE);
        }

        assertThatThrownBy(later::replayAll)
                .isInstanceOf(MessagingException.class)
                .hasMessageContaining("0 messages were sent back")
                .hasMessageContaining("reached no queue");
        assertThat(later.count()).isEqualTo(2);
    }

    @Test
    void in_order_two_instances_and_failures_keep_the_order_of_the_queue() {
        Messaging other = started();
        List<String> first = new CopyOnWriteArrayList<>();
        List<String> second = new CopyOnWriteArrayList<>();
        Subscription one = active(inOrder(messaging, first));
        publish(0);
        eventually(() -> assertThat(first).isNotEmpty());
        active(inOrder(other, second));

        for (long id = 1; id < 60; id++) {
            publish(id);
            if (id == 30) {
                CompletableFuture<Void> unused =
                        CompletableFuture.runAsync(one::close, task -> new Thread(task).start());
            }
        }

        List<String> expected = new ArrayList<>();
        for (int id = 0; id < 60; id++) {
            if (id % 7 == 0) {
                expected.add(id + " failed");
            }
            expected.add(id + " handled");
        }
        eventually(() -> assertThat(second).contains("59 handled"));
        // Nothing is handled twice: the first instance finished what it had begun before the second took over.
        // But the first may have stopped while it waited with a failed one, which then begins anew.
        List<String> once = new ArrayList<>();
        for (String each : handled) {
            if (once.isEmpty() || !each.endsWith("failed") || !each.equals(once.get(once.size() - 1))) {
                once.add(each);
            }
        }
        assertThat(once).containsExactlyElementsOf(expected);
        assertThat(first).isNotEmpty();
    }

    private SubscriptionBuilder bound(Messaging on) {
        return on.subscribe(QUEUE).bind("events", "user.deleted", VersionRange.parse("^1.0.0"));
    }

    private Subscription inOrder(Messaging on, List<String> by) {
        return bound(on).inOrder().retry(Duration.ofMillis(20)).handler(Deleted.class, (body, delivery) -> {
            boolean fails = body.id() % 7 == 0 && delivery.attempt() == 1;
            by.add(body.id() + (fails ? " failed" : " handled"));
            handled.add(body.id() + (fails ? " failed" : " handled"));
            if (fails) {
                throw new IllegalStateException("on purpose");
            }
        });
    }

    @Test
    void in_order_a_long_delay_ends_at_once_when_the_subscription_stops() throws Exception {
        CountDownLatch failing = new CountDownLatch(1);
        Subscription subscription =
                active(subscription().inOrder().retry(Duration.ofMinutes(5)).handler(Deleted.class, (body, d) -> {
                    failing.countDown();
                    throw new IllegalStateException("on purpose");
                }));
        publish(1);
        assertThat(failing.await(20, TimeUnit.SECONDS)).isTrue();

        assertThat(CompletableFuture.runAsync(subscription::close, task -> new Thread(task).start()))
                .succeedsWithin(Duration.ofSeconds(15));
        try (Connection connection = connection();
                Channel channel = connection.createChannel()) {
            eventually(() -> assertThat(channel.messageCount(QUEUE)).isEqualTo(1));
        }
    }

    private void raw(String body, AMQP.BasicProperties properties) throws Exception {
        try (Connection connection = connection();
                Channel channel = connection.createChannel()) {
            channel.confirmSelect();
            channel.basicPublish(
                    "events", "user.deleted.1.0.0", true, properties, body.getBytes(StandardCharsets.UTF_8));
            channel.waitForConfirmsOrDie(10_000);
        }
    }

    private Connection connection() throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(vhost.toString());
        return factory.newConnection();
    }

    private Messaging started() {
        Messaging made = Messaging.builder()
                .uri(vhost.toString())
                .connectionName("retries")
                .build();
        open.add(made);
        made.start();
        assertThat(made.awaitConnected(Duration.ofSeconds(20))).isTrue();
        return made;
    }

    private SubscriptionBuilder subscription() {
        return bound(messaging);
    }

    private static Subscription active(Subscription subscription) {
        await().atMost(Duration.ofSeconds(20)).until(subscription::active);
        return subscription;
    }

    private void publish(long... ids) {
        for (long id : ids) {
            messaging.publisher("events").publishAndWait(Message.of(DELETED, new Deleted(id)));
        }
    }
}
