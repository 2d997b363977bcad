package dev.dowel.messaging.internal;

import static dev.dowel.messaging.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import dev.dowel.messaging.ConnectionState;
import dev.dowel.messaging.EventType;
import dev.dowel.messaging.Message;
import dev.dowel.messaging.Messaging;
import dev.dowel.messaging.Subscription;
import dev.dowel.messaging.SubscriptionBuilder;
import dev.dowel.messaging.VersionRange;
import dev.dowel.testservices.RabbitMq;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Stopping a subscription gives back what was not handled, and the broker counts that as one delivery at most. */
class StoppingTest {
    private static final String QUEUE = TestSubscription.QUEUE;
    private static final String PARKING = QUEUE + ".parking";
    private static RabbitMq broker;

    private final List<AutoCloseable> open = new ArrayList<>();
    private URI vhost;
    private Connection connection;

    @BeforeAll
    static void startBroker() {
        broker = RabbitMq.start();
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @BeforeEach
    void connect() throws Exception {
        vhost = broker.newVhost();
        connection = connection(0);
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : open) {
            one.close();
        }
    }

    @Test
    void while_a_consumer_is_being_reopened_stopping_moves_nothing_to_the_parking_queue() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        CountDownLatch reopening = new CountDownLatch(1);
        CountDownLatch reopen = new CountDownLatch(1);
        CountDownLatch handling = new CountDownLatch(2);
        CountDownLatch goOn = new CountDownLatch(1);
        AtomicInteger handled = new AtomicInteger();
        // Two channels for three consumers: two run, and the supervisor goes on trying to open the third.
        Connection narrow = connection(2);
        RabbitSubscription subscription = subscription(
                3,
                () -> {
                    if (asked.getAndIncrement() > 0) {
                        reopening.countDown();
                        awaitQuietly(reopen);
                    }
                    return Optional.of(narrow);
                },
                () -> {
                    handling.countDown();
                    awaitQuietly(goOn);
                    handled.incrementAndGet();
                });
        subscription.start();
        assertThat(reopening.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(subscription.activeConsumers()).isEqualTo(2);
        publish(200);
        assertThat(handling.await(20, TimeUnit.SECONDS)).isTrue();

        CompletableFuture<Void> stopping = CompletableFuture.runAsync(
                () -> subscription.stop(Duration.ofSeconds(3)), TestSubscription::onOwnThread);
        eventually(() -> assertThat(subscription.wantedConsumers()).isZero());
        goOn.countDown();

        assertThat(stopping).succeedsWithin(Duration.ofSeconds(10));
        reopen.countDown();
        assertThat(handled).hasValue(2);
        assertGivenBack(198);
    }

    @Test
    void a_consumer_that_was_being_opened_at_the_deadline_neither_lives_on_nor_loses_messages() throws Exception {
        RabbitSubscription first = subscription(1, () -> Optional.of(connection), () -> {});
        first.start();
        eventually(() -> assertThat(first.active()).isTrue());
        first.stop(Duration.ofSeconds(10));
        publish(100);
        RabbitSubscription subscription = subscription(1, () -> Optional.of(connection), () -> {});
        queueProcess("suspend");
        try {
            subscription.start();
            // The queue answers nobody, so the consumer is being opened for as long as that lasts.
            eventually(() -> assertThat(supervisorsStack()).anyMatch(frame -> frame.contains("basicConsume")));
            subscription.stop(Duration.ofSeconds(1));
        } finally {
            queueProcess("resume");
        }

        assertGivenBack(100);
    }

    @Test
    void stopping_several_consumers_under_load_counts_one_delivery_at_most() throws Exception {
        AtomicInteger handled = new AtomicInteger();
        RabbitSubscription subscription = subscription(4, () -> Optional.of(connection), handled::incrementAndGet);
        subscription.start();
        eventually(() -> assertThat(subscription.active()).isTrue());
        publish(400);
        eventually(() -> assertThat(handled).hasValueGreaterThan(20));

        subscription.stop(Duration.ofSeconds(10));

        assertGivenBack(400 - handled.get());
    }

    @Test
    void closing_stops_all_subscriptions_at_once() throws Exception {
        Messaging messaging = Messaging.builder()
                .uri(vhost.toString())
                .connectionName("closing")
                .build();
        messaging.start();
        assertThat(messaging.awaitConnected(Duration.ofSeconds(20))).isTrue();
        CountDownLatch handling = new CountDownLatch(3);
        CountDownLatch goOn = new CountDownLatch(1);
        EventType<Integer> type = EventType.of("user.deleted", "1.0.0", Integer.class);
        List<Subscription> subscriptions = new ArrayList<>();
        for (String queue : List.of("a", "b", "c")) {
            subscriptions.add(messaging
                    .subscribe(queue)
                    .bind("events", "user.deleted", VersionRange.parse("^1.0.0"))
                    .handler(Integer.class, (body, delivery) -> {
                        handling.countDown();
                        goOn.await();
                    }));
        }
        eventually(() -> assertThat(subscriptions).allMatch(Subscription::active));
        messaging.publisher("events").publishAndWait(Message.of(type, 1));
        assertThat(handling.await(20, TimeUnit.SECONDS)).isTrue();

        CompletableFuture<Void> closing = CompletableFuture.runAsync(messaging::close, TestSubscription::onOwnThread);
        await().atMost(Duration.ofSeconds(5)).until(() -> subscriptions.stream().noneMatch(Subscription::active));
        assertThat(closing).isNotDone();
        goOn.countDown();

        assertThat(closing).succeedsWithin(Duration.ofSeconds(20));
    }

    @Test
    void a_handler_that_closes_messaging_has_its_message_acknowledged() throws Exception {
        Messaging messaging = Messaging.builder()
                .uri(vhost.toString())
                .connectionName("own end")
                .build();
        open.add(messaging);
        messaging.start();
        AtomicInteger handled = new AtomicInteger();
        Subscription subscription = messaging
                .subscribe(QUEUE)
                .bind("events", "user.deleted", VersionRange.parse("^1.0.0"))
                .handler(Integer.class, (body, delivery) -> {
                    messaging.close();
                    handled.incrementAndGet();
                });
        assertThat(subscription.awaitActive(Duration.ofSeconds(20))).isTrue();
        publish(1);

        eventually(() -> assertThat(messaging.health().publishing()).isEqualTo(ConnectionState.CLOSED));

        assertThat(messaging.health().consuming()).isEqualTo(ConnectionState.CLOSED);
        assertThat(handled).hasValue(1);
        assertGivenBack(0);
    }

    @Test
    void subscribing_while_messaging_is_closed_leaves_no_thread_behind() {
        for (int i = 0; i < 300; i++) {
            Messaging closing =
                    Messaging.builder().uri("amqp://guest:guest@127.0.0.1:1").build();
            String queue = "race-" + i;
            CyclicBarrier together = new CyclicBarrier(2);
            CompletableFuture<Void> subscribing = CompletableFuture.runAsync(() -> {
                SubscriptionBuilder builder =
                        closing.subscribe(queue).bind("events", "user.deleted", VersionRange.parse("^1.0.0"));
                arrive(together);
                try {
                    builder.handler(Integer.class, (body, delivery) -> {});
                } catch (IllegalStateException tooLate) {
                    assertThat(tooLate).hasMessageContaining("closed");
                }
            });
            arrive(together);
            closing.close();
            assertThat(subscribing).succeedsWithin(Duration.ofSeconds(20));
        }

        eventually(() -> assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.startsWith("dowel-messaging race-")));
    }

    @Test
    void a_queue_can_be_subscribed_to_again_as_soon_as_stop_has_returned_though_its_deadline_passed() {
        Messaging messaging =
                Messaging.builder().uri("amqp://guest:guest@127.0.0.1:1").build();
        open.add(messaging);
        for (int i = 0; i < 500; i++) {
            messaging
                    .subscribe(QUEUE)
                    .bind("events", "user.deleted", VersionRange.parse("^1.0.0"))
                    .handler(Integer.class, (body, delivery) -> {})
                    .stop(Duration.ofNanos(i * 1_000L));
        }

        assertThat(messaging.health().consumersWanted()).isZero();
    }

    @Test
    void stopping_on_the_thread_of_the_jvms_timeouts_ends_at_its_deadline_too() throws Exception {
        CountDownLatch handling = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        RabbitSubscription subscription = subscription(1, () -> Optional.of(connection), () -> {
            handling.countDown();
            awaitQuietly(goOn);
        });
        subscription.start();
        eventually(() -> assertThat(subscription.active()).isTrue());
        publish(1);
        assertThat(handling.await(20, TimeUnit.SECONDS)).isTrue();

        CompletableFuture<Void> stopping = new CompletableFuture<Void>()
                .completeOnTimeout(null, 1, TimeUnit.MILLISECONDS)
                .thenRun(() -> subscription.stop(Duration.ofMillis(300)));

        assertThat(stopping).succeedsWithin(Duration.ofSeconds(20));
        goOn.countDown();
    }

    private static void arrive(CyclicBarrier barrier) {
        try {
            barrier.await(20, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private RabbitSubscription subscription(int concurrency, Supplier<Optional<Connection>> from, Runnable handler) {
        return TestSubscription.of(concurrency, from, handler, Events.NONE, new BackOff());
    }

    private void publish(int count) throws Exception {
        try (Channel channel = connection.createChannel()) {
            channel.confirmSelect();
            for (int i = 0; i < count; i++) {
                channel.basicPublish("", QUEUE, true, null, new byte[] {'1'});
            }
            channel.waitForConfirmsOrDie(20_000);
        }
    }

    private void assertGivenBack(int count) throws Exception {
        try (Channel channel = connection.createChannel()) {
            eventually(() -> {
                assertThat(channel.consumerCount(QUEUE)).isZero();
                assertThat(channel.messageCount(QUEUE) + channel.messageCount(PARKING))
                        .isGreaterThanOrEqualTo(count);
            });
            assertThat(channel.messageCount(PARKING)).isZero();
            List<Long> deliveries = new ArrayList<>();
            for (GetResponse got = channel.basicGet(QUEUE, true); got != null; got = channel.basicGet(QUEUE, true)) {
                Object counted = got.getProps().getHeaders() == null
                        ? null
                        : got.getProps().getHeaders().get("x-delivery-count");
                deliveries.add(counted == null ? 0 : ((Number) counted).longValue());
            }
            assertThat(deliveries).hasSize(count).allMatch(deliveryCount -> deliveryCount <= 1);
        }
    }

    private static List<String> supervisorsStack() {
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(thread -> thread.getKey().getName().equals("dowel-messaging " + QUEUE))
                .flatMap(thread -> Arrays.stream(thread.getValue()))
                .map(StackTraceElement::toString)
                .toList();
    }

    /** Stops and starts the process behind the queue: in between the broker answers nothing that is asked of it. */
    private void queueProcess(String what) {
        broker.ctl(
                "eval",
                "{ok, Q} = rabbit_amqqueue:lookup(rabbit_misc:r(<<\""
                        + vhost.getPath().substring(1) + "\">>, queue, <<\"" + QUEUE + "\">>)), sys:" + what
                        + "(element(1, amqqueue:get_pid(Q))).");
    }

    private Connection connection(int channels) throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(vhost.toString());
        factory.setAutomaticRecoveryEnabled(false);
        factory.setRequestedChannelMax(channels);
        Connection made = factory.newConnection();
        open.add(made::abort);
        return made;
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
