package dev.dowel.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.DeliverCallback;
import dev.dowel.messaging.PublishException.Kind;
import dev.dowel.testservices.RabbitMq;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How much may be unconfirmed, who waits when it is too much, and in what order things leave. */
class PublisherWindowTest {
    private static final EventType<String> TYPE = EventType.of("user.deleted", "1.0.0", String.class);
    private static final String QUEUE = "all";
    private static final int MEBIBYTE = 1024 * 1024;
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
    void newVhost() throws Exception {
        vhost = broker.newVhost();
        try (PlainClient plain = new PlainClient(vhost)) {
            plain.declare("events", QUEUE, "classic");
        }
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : open) {
            one.close();
        }
    }

    @Test
    void a_thousand_messages_may_be_unconfirmed_then_publish_waits_and_try_publish_does_not() {
        Publisher publisher = started(builder -> builder.publishTimeout(Duration.ofMinutes(1)));
        publisher.publishAndWait(message("first"));
        try (StalledQueue stalled = new StalledQueue(broker, vhost, QUEUE)) {
            List<CompletableFuture<Receipt>> inFlight = new ArrayList<>();
            for (int i = 0; i < 1_000; i++) {
                inFlight.add(publisher.tryPublish(message("m")).toCompletableFuture());
            }
            assertThat(inFlight).noneMatch(CompletableFuture::isDone);

            CompletableFuture<CompletionStage<Receipt>> refused = CompletableFuture.supplyAsync(
                    () -> publisher.tryPublish(message("m")), task -> new Thread(task).start());
            // Sooner than the publish timeout, which is for those who wait.
            assertThat(refused).succeedsWithin(Duration.ofSeconds(20));
            assertThat(kind(refused.join())).isEqualTo(Kind.BLOCKED);
            CompletableFuture<Receipt> set = publisher
                    .tryPublish(MessageSet.create().add(TYPE, "1").add(EventType.of("a", "2.0.0", String.class), "2"))
                    .toCompletableFuture();
            assertThat(kind(set)).isEqualTo(Kind.BLOCKED);
            CompletableFuture<CompletionStage<Receipt>> waiting = CompletableFuture.supplyAsync(
                    () -> publisher.publish(message("waits")), task -> new Thread(task).start());
            await().pollDelay(Duration.ofMillis(300)).until(() -> true);
            assertThat(waiting).isNotDone();
            stalled.resume();
            assertThat(inFlight).allSatisfy(one -> assertThat(one).succeedsWithin(Duration.ofSeconds(20)));
            assertThat(waiting.thenCompose(sent -> sent)).succeedsWithin(Duration.ofSeconds(20));
        }
    }

    @Test
    void eight_mebibytes_may_be_unconfirmed_and_a_larger_body_goes_alone() {
        Publisher publisher = started(builder -> builder.maxBodySize(16 * MEBIBYTE));
        publisher.publishAndWait(message("first"));
        try (StalledQueue stalled = new StalledQueue(broker, vhost, QUEUE)) {
            List<CompletableFuture<Receipt>> inFlight = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                inFlight.add(publisher.tryPublish(sized(MEBIBYTE)).toCompletableFuture());
            }
            assertThat(inFlight).noneMatch(CompletableFuture::isDone);
            assertThat(kind(publisher.tryPublish(sized(3)))).isEqualTo(Kind.BLOCKED);
            stalled.resume();
            assertThat(inFlight).allSatisfy(one -> assertThat(one).succeedsWithin(Duration.ofSeconds(30)));
        }
        CompletableFuture<Receipt> large =
                publisher.tryPublish(sized(10 * MEBIBYTE)).toCompletableFuture();
        CompletableFuture<Receipt> after = publisher.publish(sized(3)).toCompletableFuture();
        assertThat(large).succeedsWithin(Duration.ofSeconds(30));
        assertThat(after).succeedsWithin(Duration.ofSeconds(30));
    }

    @Test
    void without_a_connection_try_publish_fails_at_once() {
        Messaging messaging = Messaging.builder().uri("amqp://127.0.0.1:1").build();
        open.add(messaging);
        assertThat(kind(messaging.publisher("events").tryPublish(message("m")))).isEqualTo(Kind.NOT_CONNECTED);
        messaging.start();
        CompletionStage<Receipt> connecting = messaging.publisher("events").tryPublish(message("m"));
        assertThat(connecting.toCompletableFuture()).isDone();
        assertThat(kind(connecting)).isEqualTo(Kind.NOT_CONNECTED);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 16})
    void order_by_key_stays_over_all_lanes_whether_publishers_wait_or_not(int lanes) throws Exception {
        Publisher publisher = started(builder -> builder.publishLanes(lanes));
        List<CompletableFuture<Receipt>> sent = new CopyOnWriteArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int thread = 0; thread < 4; thread++) {
            int of = thread;
            threads.add(new Thread(() -> {
                for (int number = 0; number < 100; number++) {
                    for (int user = of; user < 64; user += 4) {
                        Message<String> next =
                                message("u" + user + " " + number).key("u" + user);
                        CompletableFuture<Receipt> one = number % 3 == 0
                                ? publisher.tryPublish(next).toCompletableFuture()
                                : publisher.publish(next).toCompletableFuture();
                        sent.add(
                                one.isCompletedExceptionally()
                                        ? publisher.publish(next).toCompletableFuture()
                                        : one);
                    }
                }
            }));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(sent).hasSize(6_400).allSatisfy(one -> assertThat(one).succeedsWithin(Duration.ofSeconds(30)));

        Map<String, Integer> last = new ConcurrentHashMap<>();
        try (PlainClient plain = new PlainClient(vhost)) {
            plain.drain(QUEUE).forEach(one -> {
                String[] words = new String(one.getBody(), java.nio.charset.StandardCharsets.UTF_8)
                        .replace("\"", "")
                        .split(" ", -1);
                int number = Integer.parseInt(words[1]);
                assertThat(last.merge(words[0], number, (before, now) -> before + 1 == now ? now : -1))
                        .isEqualTo(number);
            });
        }
        assertThat(last)
                .hasSize(64)
                .allSatisfy((user, number) -> assertThat(number).isEqualTo(99));
        // One channel for each lane that has a key, beside those that are open for other reasons.
        long channels = broker.ctl("-q", "list_channels", "-p", vhost.getPath().substring(1), "confirm")
                .lines()
                .filter("true"::equals)
                .count();
        assertThat(channels).isEqualTo(lanes);
    }

    @Test
    void without_a_key_a_full_lane_is_no_obstacle_while_another_has_room() {
        Publisher publisher = started(builder -> builder.publishLanes(2));
        publisher.publishAndWait(message("first"));
        try (StalledQueue stalled = new StalledQueue(broker, vhost, QUEUE)) {
            List<CompletableFuture<Receipt>> inFlight = new ArrayList<>();
            for (int i = 0; i < 2_000; i++) {
                inFlight.add(publisher.tryPublish(message("m")).toCompletableFuture());
            }
            assertThat(inFlight).noneMatch(CompletableFuture::isDone);
            assertThat(kind(publisher.tryPublish(message("m")))).isEqualTo(Kind.BLOCKED);
            stalled.resume();
            assertThat(inFlight).allSatisfy(one -> assertThat(one).succeedsWithin(Duration.ofSeconds(20)));
        }
    }

    @Test
    void p7_of_16_threads_with_10_000_messages_each_every_id_arrives_once_and_every_future_completes_once()
            throws Exception {
        Map<String, Integer> arrived = new ConcurrentHashMap<>();
        PlainClient plain = new PlainClient(vhost);
        open.add(plain);
        DeliverCallback count = (tag, one) -> arrived.merge(one.getProperties().getMessageId(), 1, Integer::sum);
        plain.channel().basicConsume(QUEUE, true, count, tag -> {});
        Publisher publisher = started(builder -> builder.publishTimeout(Duration.ofMinutes(1)));
        Map<String, Integer> completed = new ConcurrentHashMap<>();
        AtomicInteger failed = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int thread = 0; thread < 16; thread++) {
            threads.add(new Thread(() -> {
                for (int i = 0; i < 10_000; i++) {
                    Message<String> message = message("m");
                    CompletionStage<Receipt> unused = publisher.publish(message).whenComplete((receipt, e) -> {
                        completed.merge(message.messageId(), 1, Integer::sum);
                        if (e != null || !receipt.messageId().equals(message.messageId())) {
                            failed.incrementAndGet();
                        }
                    });
                }
            }));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }

        await().atMost(Duration.ofMinutes(2)).until(() -> completed.size() == 160_000 && arrived.size() == 160_000);
        assertThat(failed).hasValue(0);
        assertThat(completed.values()).containsOnly(1);
        assertThat(arrived.values()).containsOnly(1);
        assertThat(arrived.keySet()).isEqualTo(completed.keySet());
    }

    @Test
    void p3_a_full_window_of_messages_that_reach_no_queue_fails_each_by_itself() {
        Messaging messaging = messaging(builder -> builder);
        Publisher nobody = messaging.publisher("nobody-listens");
        List<CompletionStage<Receipt>> all = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            all.add(nobody.publish(message("m")));
        }
        assertThat(all).allSatisfy(one -> assertThat(kind(one)).isEqualTo(Kind.UNROUTABLE));
    }

    private static Message<String> message(String text) {
        return Message.of(TYPE, text);
    }

    /** Returns a message whose encoded body has so many bytes. */
    private static Message<String> sized(int bytes) {
        return message("x".repeat(bytes - 2));
    }

    private static Kind kind(CompletionStage<Receipt> failed) {
        assertThat(failed.toCompletableFuture()).failsWithin(Duration.ofSeconds(40));
        return failed.handle((receipt, e) -> ((PublishException) e).kind())
                .toCompletableFuture()
                .join();
    }

    private Publisher started(UnaryOperator<Messaging.Builder> options) {
        return messaging(options).publisher("events");
    }

    private Messaging messaging(UnaryOperator<Messaging.Builder> options) {
        Messaging messaging = options.apply(
                        Messaging.builder().uri(vhost.toString()).connectionName("window"))
                .build();
        open.add(messaging);
        messaging.start();
        assertThat(messaging.awaitConnected(Duration.ofSeconds(20))).isTrue();
        return messaging;
    }
}
