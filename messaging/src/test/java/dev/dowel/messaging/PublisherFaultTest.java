package dev.dowel.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.GetResponse;
import dev.dowel.messaging.PublishException.Kind;
import dev.dowel.testservices.RabbitMq;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What publishers are told when broker, connection or exchange fail them. The broker is the test's own. */
class PublisherFaultTest {
    private static final EventType<Integer> TYPE = EventType.of("user.deleted", "1.0.0", Integer.class);
    private static final String QUEUE = "all";
    private static final int WINDOW = 1_000;
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

    @ParameterizedTest
    @ValueSource(strings = {"quorum", "classic"})
    void p2_what_was_confirmed_is_in_a_durable_queue_after_a_kill(String type) throws Exception {
        declare(type);
        // A quorum queue younger than two seconds may lose what it confirmed; that is the broker's own fault.
        await().pollDelay(Duration.ofSeconds(3)).until(() -> true);
        Publisher publisher = started(vhost, builder -> builder).publisher("events");
        List<Message<Integer>> messages = messages(WINDOW);
        List<CompletableFuture<Receipt>> sent = publish(publisher, messages);
        assertThat(sent).allSatisfy(one -> assertThat(one).succeedsWithin(Duration.ofSeconds(20)));

        broker.kill();
        broker.restart();

        List<String> kept = new ArrayList<>();
        await().atMost(Duration.ofSeconds(40)).ignoreExceptions().untilAsserted(() -> {
            try (PlainClient plain = new PlainClient(vhost)) {
                kept.addAll(PlainClient.ids(plain.drain(QUEUE)));
            }
            assertThat(kept).hasSize(WINDOW);
        });
        assertThat(kept).containsExactlyElementsOf(ids(messages));
    }

    @Test
    void p3_of_two_in_flight_with_one_routing_key_only_the_one_that_was_returned_is_unroutable() throws Exception {
        declare("classic");
        Publisher publisher = started(vhost, builder -> builder).publisher("events");
        publisher.publishAndWait(Message.of(TYPE, 0));
        try (StalledQueue stalled = new StalledQueue(broker, vhost, QUEUE)) {
            CompletableFuture<Receipt> routed = publish(publisher, Message.of(TYPE, 1));
            try (PlainClient plain = new PlainClient(vhost)) {
                plain.channel().queueUnbind(QUEUE, "events", "#");
            }
            CompletableFuture<Receipt> returned = publish(publisher, Message.of(TYPE, 2));

            assertThat(kind(returned)).isEqualTo(Kind.UNROUTABLE);
            assertThat(routed).isNotDone();
            stalled.resume();
            assertThat(routed).succeedsWithin(Duration.ofSeconds(20));
        }
    }

    @Test
    void p4_connections_closed_with_500_in_flight_leave_no_future_open_and_every_place_in_the_window_free()
            throws Exception {
        declare("classic");
        Messaging messaging = started(vhost, builder -> builder);
        Publisher publisher = messaging.publisher("events");
        publisher.publishAndWait(Message.of(TYPE, -1));
        StalledQueue stalled = stall();
        List<CompletableFuture<Receipt>> inFlight = publish(publisher, messages(500));

        closeAllConnections();

        assertThat(inFlight).allSatisfy(one -> assertThat(kind(one)).isEqualTo(Kind.CONNECTION_LOST));
        List<CompletableFuture<Receipt>> again = fillWindow(messaging, publisher);
        stalled.resume();
        assertThat(again).allSatisfy(one -> assertThat(one).succeedsWithin(Duration.ofSeconds(20)));
        try (PlainClient plain = new PlainClient(vhost)) {
            assertThat(plain.drain(QUEUE)).hasSize(1 + 500 + WINDOW);
        }
    }

    @Test
    void p5_an_exchange_that_somebody_deletes_fails_its_message_and_the_publisher_goes_on() throws Exception {
        declare("classic");
        Messaging messaging = started(vhost, builder -> builder);
        Publisher events = messaging.publisher("events");
        Publisher gone = messaging.publisher("gone");
        events.publishAndWait(Message.of(TYPE, -1));
        assertThat(kind(publish(gone, Message.of(TYPE, -1)))).isEqualTo(Kind.UNROUTABLE);
        try (PlainClient plain = new PlainClient(vhost)) {
            plain.channel().exchangeDelete("gone");
        }

        List<CompletableFuture<Receipt>> neighbours = publish(events, messages(100));
        CompletableFuture<Receipt> guilty = publish(gone, Message.of(TYPE, 0));
        neighbours.addAll(publish(events, messages(100)));

        assertThat(kind(guilty)).isEqualTo(Kind.NO_EXCHANGE);
        assertThat(neighbours)
                .allSatisfy(one -> assertThat(one.handle((receipt, e) -> e == null
                                ? "confirmed"
                                : ((PublishException) e).kind().toString()))
                        .succeedsWithin(Duration.ofSeconds(20), InstanceOfAssertFactories.STRING)
                        .isIn("confirmed", "CONNECTION_LOST"));
        assertThat(publish(events, Message.of(TYPE, 1))).succeedsWithin(Duration.ofSeconds(20));
        // Declared again, and nobody is bound to it.
        assertThat(kind(publish(gone, Message.of(TYPE, 2)))).isEqualTo(Kind.UNROUTABLE);
    }

    @Test
    void p5_an_exchange_that_nobody_may_declare_fails_alone() throws Exception {
        declare("classic");
        Messaging messaging = started(vhost, builder -> builder);
        List<CompletableFuture<Receipt>> neighbours = publish(messaging.publisher("events"), messages(200));

        assertThat(kind(publish(messaging.publisher("amq.nobodys"), Message.of(TYPE, 0))))
                .isEqualTo(Kind.NO_EXCHANGE);

        assertThat(neighbours).allSatisfy(one -> assertThat(one).succeedsWithin(Duration.ofSeconds(20)));
    }

    @Test
    void p6_a_late_confirm_meets_nobody() throws Exception {
        declare("classic");
        WithholdingProxy proxy = new WithholdingProxy(vhost);
        open.add(proxy);
        Messaging messaging = started(proxy.uri(), builder -> builder.publishTimeout(Duration.ofSeconds(6)));
        Publisher publisher = messaging.publisher("events");
        publisher.publishAndWait(Message.of(TYPE, 0));
        proxy.withhold(true);
        CompletableFuture<Receipt> late = publish(publisher, Message.of(TYPE, 1));
        await().pollDelay(Duration.ofSeconds(1)).until(() -> true);
        CompletableFuture<Receipt> neighbour = publish(publisher, Message.of(TYPE, 2));
        assertThat(kind(late)).isEqualTo(Kind.TIMEOUT);
        // Its own time is not over: its channel is replaced.
        assertThat(kind(neighbour)).isEqualTo(Kind.CONNECTION_LOST);
        StalledQueue stalled = stall();
        proxy.withhold(false);
        // Sent after the late confirms, which have the same numbers.
        List<CompletableFuture<Receipt>> next = fillWindow(messaging, publisher);
        assertThat(next).noneMatch(CompletableFuture::isDone);
        stalled.resume();
        try (PlainClient plain = new PlainClient(vhost)) {
            assertThat(plain.drain(QUEUE)).hasSizeGreaterThanOrEqualTo(4);
        }
    }

    @Test
    void p9_without_being_asked_the_library_sends_nothing_again() throws Exception {
        declare("classic");
        Message<Integer> message = Message.of(TYPE, 1);
        Publisher publisher = started(vhost, builder -> builder).publisher("events");
        publisher.publishAndWait(Message.of(TYPE, 0));
        StalledQueue stalled = stall();
        CompletableFuture<Receipt> sent = publish(publisher, message);
        closeAllConnections();
        assertThat(kind(sent)).isEqualTo(Kind.CONNECTION_LOST);
        stalled.resume();
        await().atMost(Duration.ofSeconds(20))
                .ignoreExceptions()
                .untilAsserted(() -> publisher.publishAndWait(Message.of(TYPE, 2)));

        try (PlainClient plain = new PlainClient(vhost)) {
            assertThat(PlainClient.ids(plain.drain(QUEUE))).hasSize(3).containsOnlyOnce(message.messageId());
        }
    }

    @Test
    void p9_with_retry_unknown_the_same_message_is_sent_again_and_its_copies_have_one_id() throws Exception {
        declare("classic");
        List<Message<Integer>> messages = messages(100);
        Publisher publisher = started(vhost, builder -> builder.retryUnknown(2)).publisher("events");
        publisher.publishAndWait(Message.of(TYPE, 0));
        StalledQueue stalled = stall();
        List<CompletableFuture<Receipt>> sent = publish(publisher, messages);
        closeAllConnections();
        stalled.resume();

        assertThat(sent).allSatisfy(one -> assertThat(one).succeedsWithin(Duration.ofSeconds(30)));
        try (PlainClient plain = new PlainClient(vhost)) {
            List<GetResponse> kept = plain.drain(QUEUE);
            assertThat(kept).hasSize(1 + 2 * messages.size());
            assertThat(PlainClient.ids(kept).subList(1 + messages.size(), kept.size()))
                    .containsExactlyElementsOf(ids(messages));
        }
    }

    @Test
    void with_retry_unknown_a_kill_loses_nothing_and_leaves_no_outcome_unknown() throws Exception {
        declare("quorum");
        await().pollDelay(Duration.ofSeconds(3)).until(() -> true);
        Publisher publisher = started(vhost, builder -> builder.retryUnknown(5)).publisher("events");
        List<Message<Integer>> messages = messages(3_000);
        List<CompletableFuture<Receipt>> sent = new ArrayList<>();
        for (Message<Integer> message : messages) {
            sent.add(publish(publisher, message));
            if (sent.size() == 1_500) {
                new Thread(broker::kill).start();
            }
        }
        await().atMost(Duration.ofSeconds(30))
                .until(() -> sent.stream().filter(CompletableFuture::isDone).count() >= 500);
        broker.restart();

        List<String> confirmed = new ArrayList<>();
        List<String> notSent = new ArrayList<>();
        for (int i = 0; i < messages.size(); i++) {
            String id = messages.get(i).messageId();
            CompletableFuture<Receipt> outcome = sent.get(i);
            assertThat(outcome.handle((receipt, e) -> true)).succeedsWithin(Duration.ofSeconds(60));
            if (outcome.isCompletedExceptionally()) {
                assertThat(kind(outcome)).isEqualTo(Kind.NOT_CONNECTED);
                notSent.add(id);
            } else {
                confirmed.add(id);
            }
        }
        try (PlainClient plain = new PlainClient(vhost)) {
            assertThat(Set.copyOf(PlainClient.ids(plain.drain(QUEUE)))).containsExactlyInAnyOrderElementsOf(confirmed);
        }
        assertThat(confirmed).isNotEmpty().doesNotContainAnyElementsOf(notSent);
    }

    @Test
    void an_unknown_outcome_stays_unknown_when_sending_again_fails_for_another_reason() throws Exception {
        declare("classic");
        Publisher publisher = started(vhost, builder -> builder.retryUnknown(1).publishTimeout(Duration.ofSeconds(5)))
                .publisher("events");
        publisher.publishAndWait(Message.of(TYPE, 0));
        StalledQueue stalled = stall();
        CompletableFuture<Receipt> sent = publish(publisher, Message.of(TYPE, 1));
        try (PlainClient plain = new PlainClient(vhost)) {
            plain.channel().queueUnbind(QUEUE, "events", "#");
        }
        closeAllConnections();

        assertThat(kind(sent)).isEqualTo(Kind.CONNECTION_LOST);
        assertThat(sent)
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .satisfies(e -> assertThat(e.getCause())
                        .satisfies(cause -> assertThat(cause.getSuppressed()).hasSize(1)));
        stalled.resume();
    }

    @Test
    void one_lane_that_loses_its_channel_leaves_the_others_alone() throws Exception {
        declare("classic");
        Messaging messaging = started(vhost, builder -> builder.publishLanes(2));
        Publisher events = messaging.publisher("events");
        Publisher gone = messaging.publisher("gone");
        // With two lanes these keys take different ones; otherwise the guilty would take the others with it.
        String guiltyKey = "a";
        String otherKey = "b";
        events.publishAndWait(Message.of(TYPE, 0).key(otherKey));
        assertThat(kind(publish(gone, Message.of(TYPE, 0).key(guiltyKey)))).isEqualTo(Kind.UNROUTABLE);
        try (PlainClient plain = new PlainClient(vhost)) {
            plain.channel().exchangeDelete("gone");
        }
        StalledQueue stalled = stall();
        List<CompletableFuture<Receipt>> others = publish(
                events, messages(100).stream().map(one -> one.key(otherKey)).toList());
        CompletableFuture<Receipt> neighbour =
                publish(events, Message.of(TYPE, 1).key(guiltyKey));

        assertThat(kind(publish(gone, Message.of(TYPE, 2).key(guiltyKey)))).isEqualTo(Kind.NO_EXCHANGE);

        assertThat(kind(neighbour)).isEqualTo(Kind.CONNECTION_LOST);
        assertThat(others).noneMatch(CompletableFuture::isDone);
        stalled.resume();
        assertThat(others).allSatisfy(one -> assertThat(one).succeedsWithin(Duration.ofSeconds(20)));
    }

    @Test
    void p8_what_was_in_flight_when_the_broker_blocked_is_confirmed_after_unblocking_and_try_publish_does_not_wait()
            throws Exception {
        declare("classic");
        Messaging messaging = started(vhost, builder -> builder.publishTimeout(Duration.ofSeconds(60)));
        Publisher publisher = messaging.publisher("events");
        publisher.publishAndWait(Message.of(TYPE, 0));
        broker.ctl("set_vm_memory_high_watermark", "absolute", "1MB");
        CompletableFuture<Receipt> inFlight;
        try {
            inFlight = publish(publisher, Message.of(TYPE, 1));
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> messaging.health().state() == ConnectionState.BLOCKED);
            // On a thread of its own, and sooner than the publish timeout: who never waits has no use for it.
            CompletableFuture<CompletionStage<Receipt>> refused = CompletableFuture.supplyAsync(
                    () -> publisher.tryPublish(Message.of(TYPE, 2)), task -> new Thread(task).start());
            assertThat(refused).succeedsWithin(Duration.ofSeconds(20));
            assertThat(kind(refused.join())).isEqualTo(Kind.BLOCKED);
        } finally {
            broker.ctl("set_vm_memory_high_watermark", "0.4");
        }
        assertThat(inFlight).succeedsWithin(Duration.ofSeconds(30));
    }

    /** Publishes as much as fits in the window, and shows that no more does. */
    private static List<CompletableFuture<Receipt>> fillWindow(Messaging messaging, Publisher publisher) {
        assertThat(messaging.awaitConnected(Duration.ofSeconds(20))).isTrue();
        List<CompletableFuture<Receipt>> all = publish(publisher, messages(WINDOW));
        assertThat(all).noneMatch(CompletableFuture::isDone);
        assertThat(kind(publisher.tryPublish(Message.of(TYPE, WINDOW)))).isEqualTo(Kind.BLOCKED);
        return all;
    }

    private static List<Message<Integer>> messages(int count) {
        List<Message<Integer>> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(Message.of(TYPE, i));
        }
        return all;
    }

    private static List<String> ids(List<Message<Integer>> messages) {
        return messages.stream().map(Message::messageId).toList();
    }

    private static CompletableFuture<Receipt> publish(Publisher publisher, Message<Integer> message) {
        return publisher.publish(message).toCompletableFuture();
    }

    private static List<CompletableFuture<Receipt>> publish(Publisher publisher, List<Message<Integer>> messages) {
        List<CompletableFuture<Receipt>> all = new ArrayList<>();
        messages.forEach(one -> all.add(publish(publisher, one)));
        return all;
    }

    private static Kind kind(CompletionStage<Receipt> failed) {
        assertThat(failed.toCompletableFuture()).failsWithin(Duration.ofSeconds(40));
        return failed.handle((receipt, e) -> ((PublishException) e).kind())
                .toCompletableFuture()
                .join();
    }

    private void declare(String type) throws Exception {
        try (PlainClient plain = new PlainClient(vhost)) {
            plain.declare("events", QUEUE, type);
        }
    }

    private StalledQueue stall() {
        StalledQueue stalled = new StalledQueue(broker, vhost, QUEUE);
        open.add(0, stalled);
        return stalled;
    }

    private void closeAllConnections() {
        broker.ctl("close_all_connections", "-p", vhost.getPath().substring(1), "test");
    }

    private Messaging started(URI uri, UnaryOperator<Messaging.Builder> options) {
        Messaging messaging = options.apply(
                        Messaging.builder().uri(uri.toString()).connectionName("publisher"))
                .build();
        open.add(messaging);
        messaging.start();
        assertThat(messaging.awaitConnected(Duration.ofSeconds(20))).isTrue();
        return messaging;
    }
}
