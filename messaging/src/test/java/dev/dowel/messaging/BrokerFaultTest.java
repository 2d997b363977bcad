package dev.dowel.messaging;

import static dev.dowel.messaging.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import dev.dowel.testservices.RabbitMq;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What happens when the broker dies, blocks, refuses or takes things away. The broker is the test's own. */
class BrokerFaultTest {
    record Deleted(long id) {}

    private static final EventType<Deleted> DELETED = EventType.of("user.deleted", "1.0.0", Deleted.class);
    private static final String QUEUE = "likes.user-deleted";
    private static final String PARKING = QUEUE + ".parking";
    private static RabbitMq broker;

    private final List<AutoCloseable> open = new ArrayList<>();
    private URI vhost;

    @BeforeAll
    static void startBroker() {
        broker = RabbitMq.start();
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @BeforeEach
    void newVhost() {
        vhost = broker.newVhost();
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : open) {
            one.close();
        }
    }

    @Test
    void killed_with_hundreds_in_flight_no_future_stays_open_and_what_was_confirmed_arrives() {
        Set<Long> handled = ConcurrentHashMap.newKeySet();
        Messaging messaging = started(vhost);
        Subscription subscription =
                subscription(messaging).handler(Deleted.class, (body, delivery) -> handled.add(body.id()));
        active(subscription);
        // A quorum queue younger than two seconds may lose what it confirmed; that is the broker's own fault.
        await().pollDelay(Duration.ofSeconds(2)).until(() -> true);
        subscription.close();
        Publisher publisher = messaging.publisher("events");
        Map<Long, CompletableFuture<Receipt>> sent = new HashMap<>();
        for (long id = 0; id < 3_000; id++) {
            sent.put(id, publish(publisher, id));
            if (id == 1_500) {
                new Thread(broker::kill).start();
            }
        }

        CompletableFuture<?> all = CompletableFuture.allOf(sent.values().toArray(CompletableFuture<?>[]::new));
        assertThat(all.handle((done, e) -> true)).succeedsWithin(Duration.ofSeconds(30));
        List<Long> confirmed = new ArrayList<>();
        Map<PublishException.Kind, Integer> failed = new HashMap<>();
        sent.forEach((id, outcome) -> {
            if (outcome.isCompletedExceptionally()) {
                failed.merge(kind(outcome), 1, Integer::sum);
            } else {
                confirmed.add(id);
            }
        });
        assertThat(failed.keySet())
                .isSubsetOf(PublishException.Kind.CONNECTION_LOST, PublishException.Kind.NOT_CONNECTED)
                .contains(PublishException.Kind.CONNECTION_LOST);
        assertThat(confirmed).isNotEmpty();

        broker.restart();
        active(subscription(messaging).handler(Deleted.class, (body, delivery) -> handled.add(body.id())));
        eventually(() -> assertThat(handled).containsAll(confirmed));
        publishEventually(messaging, 9_999);
        eventually(() -> assertThat(handled).contains(9_999L));
    }

    @Test
    void started_while_the_broker_is_away_it_refuses_to_publish_and_works_once_the_broker_is_there() {
        broker.kill();
        List<Long> handled = new CopyOnWriteArrayList<>();
        Messaging messaging = messaging(vhost, Duration.ofSeconds(1));
        messaging.start();
        Subscription subscription =
                subscription(messaging).handler(Deleted.class, (body, delivery) -> handled.add(body.id()));

        assertThat(messaging.awaitConnected(Duration.ofMillis(300))).isFalse();
        assertKind(
                PublishException.Kind.NOT_CONNECTED,
                () -> messaging.publisher("events").publishAndWait(Message.of(DELETED, new Deleted(1))));
        assertThat(messaging.health().healthy()).isFalse();
        assertThat(messaging.health().lastError()).contains("127.0.0.1").doesNotContain("guest");

        broker.restart();
        active(subscription);
        publishEventually(messaging, 2);
        eventually(() -> assertThat(handled).contains(2L));
        eventually(() -> assertThat(messaging.health().healthy()).isTrue());
    }

    @Test
    void a_subscription_comes_back_after_its_connection_or_its_queue_was_taken_away() throws Exception {
        List<Long> handled = new CopyOnWriteArrayList<>();
        Messaging messaging = started(vhost);
        Subscription subscription =
                subscription(messaging).handler(Deleted.class, (body, delivery) -> handled.add(body.id()));
        active(subscription);

        broker.ctl("close_all_connections", "-p", vhost.getPath().substring(1), "test");
        publishEventually(messaging, 1);
        eventually(() -> assertThat(handled).contains(1L));

        onChannel(channel -> channel.queueDelete(QUEUE));
        publishEventually(messaging, 2);
        eventually(() -> assertThat(handled).contains(2L));
        eventually(() -> assertThat(subscription.active()).isTrue());
    }

    @Test
    void a_publisher_meets_a_missing_exchange_and_goes_on() throws Exception {
        Messaging messaging = started(vhost);
        active(subscription(messaging).handler(Deleted.class, (body, delivery) -> {}));
        Publisher publisher = messaging.publisher("events");
        publisher.publishAndWait(Message.of(DELETED, new Deleted(1)));

        onChannel(channel -> channel.exchangeDelete("events"));
        assertKind(
                PublishException.Kind.NO_EXCHANGE, () -> publisher.publishAndWait(Message.of(DELETED, new Deleted(2))));
        // The next message declares it again; nobody is bound to the new one yet.
        assertKind(
                PublishException.Kind.UNROUTABLE, () -> publisher.publishAndWait(Message.of(DELETED, new Deleted(3))));
    }

    @Test
    void an_exchange_of_another_type_that_is_there_already_is_published_to() throws Exception {
        onChannel(channel -> channel.exchangeDeclare("events", "fanout", true));
        onChannel(channel -> {
            channel.queueDeclare("all", true, false, false, Map.of("x-queue-type", "quorum"));
            channel.queueBind("all", "events", "");
        });
        Messaging messaging = started(vhost);

        messaging.publisher("events").publishAndWait(Message.of(DELETED, new Deleted(1)));

        onChannel(channel -> assertThat(channel.messageCount("all")).isEqualTo(1));
    }

    @Test
    void closing_is_bounded_while_the_broker_takes_nothing() {
        Messaging messaging = messaging(vhost, Duration.ofSeconds(30));
        messaging.start();
        active(subscription(messaging).handler(Deleted.class, (body, delivery) -> {}));
        broker.ctl("set_vm_memory_high_watermark", "absolute", "1MB");
        try {
            List<CompletableFuture<Receipt>> sent = new CopyOnWriteArrayList<>();
            Message<String> large =
                    Message.of(EventType.of("user.deleted", "1.0.0", String.class), "x".repeat(200_000));
            Thread publishing = new Thread(() -> {
                for (int i = 0; i < 100; i++) {
                    sent.add(messaging.publisher("events").publish(large).toCompletableFuture());
                }
            });
            publishing.start();
            eventually(() -> assertThat(messaging.health().state()).isEqualTo(ConnectionState.BLOCKED));

            CompletableFuture<Void> closing =
                    CompletableFuture.runAsync(messaging::close, BrokerFaultTest::onOwnThread);
            assertThat(closing).succeedsWithin(Duration.ofSeconds(25));
            eventually(() -> assertThat(publishing.isAlive()).isFalse());
            assertThat(sent).hasSize(100).allMatch(CompletableFuture::isDone);
        } finally {
            broker.ctl("set_vm_memory_high_watermark", "0.4");
        }
    }

    @Test
    void a_handler_that_breaks_down_is_never_acknowledged_and_ends_in_the_parking_queue() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        Messaging messaging = started(vhost);
        active(subscription(messaging).retry(Duration.ofMillis(50)).handler(Deleted.class, (body, delivery) -> {
            calls.incrementAndGet();
            throw new StackOverflowError("on purpose");
        }));

        messaging.publisher("events").publishAndWait(Message.of(DELETED, new Deleted(1)));

        eventually(() -> onChannel(channel -> {
            GetResponse parked = channel.basicGet(PARKING, false);
            assertThat(parked).isNotNull();
            assertThat(parked.getProps().getHeaders().get("x-death").toString()).contains("delivery_limit");
        }));
        assertThat(calls.get()).isBetween(20, 22);
    }

    @Test
    void what_was_parked_after_crashes_survives_a_replay_by_hand_and_further_retries() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        List<Integer> attempts = new CopyOnWriteArrayList<>();
        Messaging messaging = started(vhost);
        active(subscription(messaging)
                .retry(Duration.ofMillis(50), Duration.ofMillis(100))
                .handler(Deleted.class, (body, delivery) -> {
                    if (calls.incrementAndGet() <= 21) {
                        throw new StackOverflowError("on purpose");
                    }
                    attempts.add(delivery.attempt());
                    if (delivery.attempt() < 3) {
                        throw new IllegalStateException("not yet");
                    }
                }));
        messaging.publisher("events").publishAndWait(Message.of(DELETED, new Deleted(1)));
        List<GetResponse> parked = new ArrayList<>();
        eventually(() -> onChannel(channel -> {
            GetResponse one = channel.basicGet(PARKING, true);
            assertThat(one).isNotNull();
            parked.add(one);
        }));

        // An operator's tool moves it back with everything the broker noted about its death.
        onChannel(channel -> {
            channel.confirmSelect();
            channel.basicPublish(
                    "", QUEUE, true, parked.get(0).getProps(), parked.get(0).getBody());
            channel.waitForConfirmsOrDie(10_000);
        });

        eventually(() -> assertThat(attempts).containsExactly(1, 2, 3));
    }

    @Test
    void a_parked_message_says_why_where_and_when_and_keeps_what_it_was() throws Exception {
        Messaging messaging = started(vhost);
        active(subscription(messaging).retry(Duration.ofMillis(50)).handler(Deleted.class, (body, delivery) -> {
            throw new IllegalStateException("no such account " + "x".repeat(2_000));
        }));
        Message<Deleted> message = Message.of(DELETED, new Deleted(1)).key("1").header("traceparent", "t");

        messaging.publisher("events").publishAndWait(message);

        eventually(() -> onChannel(channel -> {
            GetResponse parked = channel.basicGet(PARKING, false);
            assertThat(parked).isNotNull();
            AMQP.BasicProperties properties = parked.getProps();
            Map<String, String> headers = new HashMap<>();
            properties.getHeaders().forEach((name, value) -> headers.put(name, String.valueOf(value)));
            assertThat(properties.getMessageId()).isEqualTo(message.messageId());
            assertThat(properties.getDeliveryMode()).isEqualTo(2);
            assertThat(headers)
                    .containsEntry("failure-exchange", "events")
                    .containsEntry("failure-routing-key", "user.deleted.1.0.0")
                    .containsEntry("failure-queue", QUEUE)
                    .containsEntry("failure-exception", "java.lang.IllegalStateException")
                    .containsEntry("message-attempt", "2")
                    .containsEntry("message-key", "1")
                    .containsEntry("traceparent", "t")
                    .containsKeys("failure-first-at", "failure-last-at", "failure-host")
                    .doesNotContainKey("x-death");
            assertThat(headers.get("failure-reason"))
                    .startsWith("no such account")
                    .hasSize(500);
            assertThat(new String(parked.getBody(), StandardCharsets.UTF_8)).isEqualTo("{\"id\":1}");
        }));
    }

    @Test
    void stopping_lets_the_running_handler_finish_and_gives_back_what_was_only_fetched() throws Exception {
        CountDownLatch inHandler = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        List<Long> handled = new CopyOnWriteArrayList<>();
        Messaging messaging = started(vhost);
        Subscription subscription = subscription(messaging).prefetch(50).handler(Deleted.class, (body, delivery) -> {
            inHandler.countDown();
            goOn.await();
            handled.add(body.id());
        });
        active(subscription);
        for (long id = 0; id < 20; id++) {
            messaging.publisher("events").publishAndWait(Message.of(DELETED, new Deleted(id)));
        }
        assertThat(inHandler.await(10, TimeUnit.SECONDS)).isTrue();

        CompletableFuture<Void> stopping = CompletableFuture.runAsync(
                () -> subscription.stop(Duration.ofSeconds(20)), BrokerFaultTest::onOwnThread);
        eventually(() -> assertThat(subscription.active()).isFalse());
        assertThat(stopping).isNotDone();
        goOn.countDown();

        assertThat(stopping).succeedsWithin(Duration.ofSeconds(10));
        assertThat(handled).containsExactly(0L);
        eventually(() ->
                onChannel(channel -> assertThat(channel.messageCount(QUEUE)).isEqualTo(19)));
        active(subscription(messaging).handler(Deleted.class, (body, delivery) -> handled.add(body.id())));
        eventually(() -> assertThat(handled).hasSize(20).doesNotHaveDuplicates());
    }

    @Test
    void stopping_ends_at_the_deadline_though_a_handler_hangs_and_its_message_comes_again() throws Exception {
        CountDownLatch inHandler = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        Messaging messaging = started(vhost);
        Subscription subscription = subscription(messaging).handler(Deleted.class, (body, delivery) -> {
            inHandler.countDown();
            never.await();
        });
        active(subscription);
        messaging.publisher("events").publishAndWait(Message.of(DELETED, new Deleted(1)));
        assertThat(inHandler.await(10, TimeUnit.SECONDS)).isTrue();

        CompletableFuture<Void> stopping = CompletableFuture.runAsync(
                () -> subscription.stop(Duration.ofMillis(500)), BrokerFaultTest::onOwnThread);

        assertThat(stopping).succeedsWithin(Duration.ofSeconds(10));
        List<Long> handled = new CopyOnWriteArrayList<>();
        active(subscription(messaging).handler(Deleted.class, (body, delivery) -> handled.add(body.id())));
        eventually(() -> assertThat(handled).containsExactly(1L));
        never.countDown();
    }

    private interface OnChannel {
        void run(Channel channel) throws Exception;
    }

    private void onChannel(OnChannel work) throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(vhost.toString());
        try (Connection connection = factory.newConnection();
                Channel channel = connection.createChannel()) {
            work.run(channel);
        }
    }

    private Messaging messaging(URI uri, Duration publishTimeout) {
        Messaging messaging = Messaging.builder()
                .uri(uri.toString())
                .connectionName("faults")
                .publishTimeout(publishTimeout)
                .build();
        open.add(messaging);
        return messaging;
    }

    private Messaging started(URI uri) {
        Messaging messaging = messaging(uri, Duration.ofSeconds(10));
        messaging.start();
        assertThat(messaging.awaitConnected(Duration.ofSeconds(20))).isTrue();
        return messaging;
    }

    private static SubscriptionBuilder subscription(Messaging messaging) {
        return messaging.subscribe(QUEUE).bind("events", "user.deleted", VersionRange.parse("^1.0.0"));
    }

    private static void active(Subscription subscription) {
        await().atMost(Duration.ofSeconds(30)).until(subscription::active);
    }

    private static CompletableFuture<Receipt> publish(Publisher publisher, long id) {
        return publisher.publish(Message.of(DELETED, new Deleted(id))).toCompletableFuture();
    }

    private static void onOwnThread(Runnable task) {
        new Thread(task).start();
    }

    private static void publishEventually(Messaging messaging, long id) {
        await().atMost(Duration.ofSeconds(40))
                .ignoreExceptions()
                .untilAsserted(
                        () -> messaging.publisher("events").publishAndWait(Message.of(DELETED, new Deleted(id))));
    }

    private static PublishException.Kind kind(CompletableFuture<?> failed) {
        return failed.handle((done, e) -> ((PublishException) e).kind()).join();
    }

    private static void assertKind(
            PublishException.Kind kind, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        PublishException.class, e -> assertThat(e.kind()).isEqualTo(kind));
    }
}
