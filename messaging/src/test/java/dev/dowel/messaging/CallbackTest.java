package dev.dowel.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dowel.messaging.PublishException.Kind;
import dev.dowel.testservices.RabbitMq;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What callbacks of publications may do, and what becomes of the others while they do it. */
class CallbackTest {
    private static final EventType<Integer> TYPE = EventType.of("user.deleted", "1.0.0", Integer.class);
    private static final int WINDOW = 1_000;
    private static final int PLACES = 2_000;
    private static RabbitMq broker;

    private URI vhost;
    private Messaging messaging;
    private Publisher publisher;

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
        try (PlainClient plain = new PlainClient(vhost)) {
            plain.declare("events", "all", "classic");
        }
        messaging = Messaging.builder()
                .uri(vhost.toString())
                .connectionName("callback")
                .build();
        messaging.start();
        assertThat(messaging.awaitConnected(Duration.ofSeconds(20))).isTrue();
        publisher = messaging.publisher("events");
        publisher.publishAndWait(Message.of(TYPE, -1));
    }

    @AfterEach
    void close() {
        messaging.close();
    }

    @Test
    void callbacks_that_wait_for_the_stages_of_their_own_publications_all_return() {
        List<CompletableFuture<Receipt>> all = withCallbacks(
                50,
                receipt -> publisher
                        .publish(Message.of(TYPE, 0))
                        .toCompletableFuture()
                        .join());

        assertThat(all).allSatisfy(one -> assertThat(one).succeedsWithin(Duration.ofSeconds(20)));
    }

    @Test
    void callbacks_that_wait_for_the_callbacks_of_their_own_publications_all_return() {
        List<CompletableFuture<Receipt>> all = withCallbacks(50, receipt -> {
            CountDownLatch heard = new CountDownLatch(1);
            CompletionStage<Receipt> unused =
                    publisher.publish(Message.of(TYPE, 0)).whenComplete((done, e) -> heard.countDown());
            return awaited(heard, receipt);
        });

        assertThat(all).allSatisfy(one -> assertThat(one).succeedsWithin(Duration.ofSeconds(20)));
    }

    @Test
    void callbacks_that_do_not_return_limit_what_is_under_way_and_nobody_who_has_no_callback_waits_for_them() {
        CountDownLatch goOn = new CountDownLatch(1);
        List<CompletableFuture<Receipt>> all = new ArrayList<>();
        try {
            for (int published = 0; published < PLACES; published += WINDOW) {
                all.addAll(withCallbacks(WINDOW, receipt -> awaited(goOn, receipt)));
                await().atMost(Duration.ofSeconds(20))
                        .until(() -> messaging.health().inFlight() == 0);
            }

            CompletionStage<Receipt> refused = publisher.tryPublish(Message.of(TYPE, PLACES));

            assertThat(kind(refused)).isEqualTo(Kind.BLOCKED);
            assertThat(messaging.health().inFlight()).isZero();
            publisher.publishAndWait(Message.of(TYPE, PLACES));
        } finally {
            goOn.countDown();
        }
        assertThat(all).allSatisfy(one -> assertThat(one).succeedsWithin(Duration.ofSeconds(20)));
        assertThat(publish(PLACES)).succeedsWithin(Duration.ofSeconds(20));
    }

    @Test
    void on_connected_is_told_of_each_connection_though_no_callback_of_a_publication_returns() {
        AtomicInteger connections = new AtomicInteger();
        messaging.onConnected(connections::incrementAndGet);
        CountDownLatch goOn = new CountDownLatch(1);
        try {
            List<CompletableFuture<Receipt>> unused = withCallbacks(100, receipt -> awaited(goOn, receipt));

            broker.ctl("close_all_connections", "-p", vhost.getPath().substring(1), "test");

            await().atMost(Duration.ofSeconds(20)).until(() -> connections.get() == 1);
        } finally {
            goOn.countDown();
        }
    }

    @Test
    void an_on_connected_callback_that_does_not_return_holds_up_no_publication() {
        CountDownLatch goOn = new CountDownLatch(1);
        CountDownLatch told = new CountDownLatch(1);
        messaging.onConnected(() -> {
            told.countDown();
            boolean unused = awaited(goOn, true);
        });
        try {
            broker.ctl("close_all_connections", "-p", vhost.getPath().substring(1), "test");
            boolean unused = awaited(told, true);

            assertThat(publish(1)).succeedsWithin(Duration.ofSeconds(20));
        } finally {
            goOn.countDown();
        }
    }

    @Test
    void closing_completes_every_stage_though_callbacks_wait_for_one_another() {
        CountDownLatch goOn = new CountDownLatch(1);
        AtomicInteger running = new AtomicInteger();
        List<CompletableFuture<Receipt>> all = withCallbacks(20, receipt -> {
            // The last one releases the others, and finds no free thread.
            if (running.incrementAndGet() == 20) {
                goOn.countDown();
            }
            return awaited(goOn, receipt);
        });

        messaging.close();

        assertThat(all).allSatisfy(one -> assertThat(one).succeedsWithin(Duration.ofSeconds(20)));
    }

    /** Publishes so that the callbacks are there before the confirms, and run on threads of the library's. */
    private List<CompletableFuture<Receipt>> withCallbacks(int count, UnaryOperator<Receipt> callback) {
        List<CompletableFuture<Receipt>> all = new ArrayList<>();
        try (StalledQueue stalled = new StalledQueue(broker, vhost, "all")) {
            for (int i = 0; i < count; i++) {
                all.add(publish(i).thenApply(callback));
            }
            stalled.resume();
        }
        return all;
    }

    private CompletableFuture<Receipt> publish(int number) {
        return publisher.publish(Message.of(TYPE, number)).toCompletableFuture();
    }

    private static Kind kind(CompletionStage<Receipt> failed) {
        CompletableFuture<Kind> kind =
                failed.handle((receipt, e) -> ((PublishException) e).kind()).toCompletableFuture();
        assertThat(kind).succeedsWithin(Duration.ofSeconds(20));
        return kind.join();
    }

    private static <T> T awaited(CountDownLatch latch, T result) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return result;
    }
}
