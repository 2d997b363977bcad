package dev.dowel.messaging;

import static dev.dowel.messaging.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a user sees of messaging, on the double and on a real broker alike. */
public abstract class MessagingContract {
    /** A body. */
    public record Deleted(long id) {}

    /** The same event in another form. */
    public record Deleted2(String userId) {}

    private static final EventType<Deleted> V1 = EventType.of("user.deleted", "1.0.0", Deleted.class);
    private static final EventType<Deleted> V1_2 = EventType.of("user.deleted", "1.2.0", Deleted.class);
    private static final EventType<Deleted2> V2 = EventType.of("user.deleted", "2.0.0", Deleted2.class);

    private final String exchange = "events-" + UUID.randomUUID();
    private final String queue = "q-" + UUID.randomUUID();
    private final List<Deleted> handled = new CopyOnWriteArrayList<>();
    private Messaging messaging;

    /** Makes messaging that is not started. */
    protected abstract Messaging messaging() throws Exception;

    /** Lets time pass for retries. */
    protected abstract void pass(Messaging messaging, Duration time);

    /** Returns the reasons or bodies of what a queue has parked; only the number counts. */
    protected abstract int parked(Messaging messaging, String queue) throws Exception;

    @BeforeEach
    void start() throws Exception {
        messaging = messaging();
        messaging.start();
        assertThat(messaging.awaitConnected(Duration.ofSeconds(20))).isTrue();
    }

    @AfterEach
    void stop() {
        messaging.close();
        messaging.close();
    }

    @Test
    void what_is_published_is_handled_with_what_came_along() {
        List<String> seen = new CopyOnWriteArrayList<>();
        started(messaging
                .subscribe(queue)
                .bind(exchange, "user.deleted", VersionRange.parse("^1.0.0"))
                .handler(
                        Deleted.class,
                        (body, delivery) -> seen.add(String.join(
                                " ",
                                delivery.routingKey(),
                                delivery.messageId().orElse("-"),
                                delivery.eventId().orElse("-"),
                                delivery.version().map(Version::toString).orElse("-"),
                                delivery.key().orElse("-"),
                                delivery.correlationId().orElse("-"),
                                delivery.headers().get("traceparent"),
                                Integer.toString(delivery.attempt()),
                                Long.toString(body.id())))));
        Message<Deleted> message =
                Message.of(V1, new Deleted(7)).key("k").correlationId("c").header("traceparent", "t");

        Receipt receipt = messaging.publisher(exchange).publishAndWait(message);

        assertThat(receipt).isEqualTo(new Receipt(message.messageId(), message.eventId()));
        eventually(() -> assertThat(seen)
                .containsExactly(
                        "user.deleted.1.0.0 " + message.messageId() + " " + message.eventId() + " 1.0.0 k c t 1 7"));
    }

    @Test
    void old_and_new_consumers_of_one_event_side_by_side_miss_and_double_nothing() {
        List<String> second = new CopyOnWriteArrayList<>();
        started(subscription("^1.0.0").handler(Deleted.class, (body, delivery) -> handled.add(body)));
        started(messaging
                .subscribe(queue + "-2")
                .bind(exchange, "user.deleted", VersionRange.parse("^2.0.0"))
                .handler(
                        Deleted2.class,
                        (body, delivery) -> second.add(
                                body.userId() + " " + delivery.eventId().orElse(""))));

        messaging
                .publisher(exchange)
                .publishAndWait(MessageSet.of("evt").add(V1, new Deleted(7)).add(V2, new Deleted2("7")));

        eventually(() -> assertThat(handled).containsExactly(new Deleted(7)));
        eventually(() -> assertThat(second).containsExactly("7 evt"));
    }

    @Test
    void a_set_needs_one_listener_unless_told_otherwise() {
        started(subscription("^1.0.0").handler(Deleted.class, (body, delivery) -> handled.add(body)));
        MessageSet set = MessageSet.create().add(V1, new Deleted(7)).add(V2, new Deleted2("7"));

        messaging.publisher(exchange).publishAndWait(set);
        assertKind(
                PublishException.Kind.UNROUTABLE,
                () -> messaging.publisher(exchange).publishAndWait(set.requireRoute(RouteRequirement.ALL)));
    }

    @Test
    void what_reaches_no_queue_fails_unless_nobody_needs_to_listen() {
        Publisher publisher = messaging.publisher(exchange);
        Message<Deleted> message = Message.of(V1, new Deleted(7));

        assertKind(PublishException.Kind.UNROUTABLE, () -> publisher.publishAndWait(message));
        assertThat(publisher
                        .publishAndWait(message.requireRoute(RouteRequirement.NONE))
                        .messageId())
                .isEqualTo(message.messageId());
    }

    @Test
    void a_version_below_the_range_is_skipped_and_not_parked() throws Exception {
        started(subscription("^1.2.0").handler(Deleted.class, (body, delivery) -> handled.add(body)));

        messaging.publisher(exchange).publishAndWait(Message.of(V1, new Deleted(1)));
        messaging.publisher(exchange).publishAndWait(Message.of(V1_2, new Deleted(2)));

        eventually(() -> assertThat(handled).containsExactly(new Deleted(2)));
        assertThat(parked(messaging, queue)).isZero();
    }

    @Test
    void a_failed_message_comes_again_after_its_delay_with_the_attempt_counted() {
        List<String> attempts = new CopyOnWriteArrayList<>();
        started(subscription("^1.0.0")
                .retry(Duration.ofMillis(100), Duration.ofMillis(200))
                .handler(Deleted.class, (body, delivery) -> {
                    attempts.add(delivery.attempt() + " " + delivery.routingKey() + " "
                            + delivery.messageId().isPresent());
                    if (delivery.attempt() < 3) {
                        throw new IllegalStateException("not yet");
                    }
                }));

        messaging.publisher(exchange).publishAndWait(Message.of(V1, new Deleted(7)));

        pass(messaging, Duration.ofMillis(300));
        eventually(() -> assertThat(attempts)
                .containsExactly(
                        "1 user.deleted.1.0.0 true", "2 user.deleted.1.0.0 true", "3 user.deleted.1.0.0 true"));
    }

    @Test
    void after_the_last_retry_it_is_parked() {
        AtomicInteger calls = new AtomicInteger();
        started(subscription("^1.0.0").retry(Duration.ofMillis(50)).handler(Deleted.class, (body, delivery) -> {
            calls.incrementAndGet();
            throw new IllegalStateException("never");
        }));

        messaging.publisher(exchange).publishAndWait(Message.of(V1, new Deleted(7)));

        pass(messaging, Duration.ofMillis(50));
        eventually(() -> assertThat(parked(messaging, queue)).isEqualTo(1));
        assertThat(calls).hasValue(2);
    }

    @Test
    void a_handler_chooses_its_delay_with_retry_later() {
        started(subscription("^1.0.0")
                .retry(Duration.ofMillis(50), Duration.ofMillis(150))
                .handler(Deleted.class, (body, delivery) -> {
                    if (delivery.attempt() == 1) {
                        throw new RetryLater(Duration.ofMillis(100));
                    }
                    handled.add(body);
                }));

        messaging.publisher(exchange).publishAndWait(Message.of(V1, new Deleted(7)));

        pass(messaging, Duration.ofMillis(150));
        eventually(() -> assertThat(handled).hasSize(1));
    }

    @Test
    void a_rejected_message_is_parked_at_once() {
        AtomicInteger calls = new AtomicInteger();
        started(subscription("^1.0.0").handler(Deleted.class, (body, delivery) -> {
            calls.incrementAndGet();
            throw new RejectMessage("no such account");
        }));

        messaging.publisher(exchange).publishAndWait(Message.of(V1, new Deleted(7)));

        eventually(() -> assertThat(parked(messaging, queue)).isEqualTo(1));
        assertThat(calls).hasValue(1);
    }

    @Test
    void a_body_that_cannot_be_decoded_is_parked_at_once() {
        started(subscription("^1.0.0").handler(Deleted.class, (body, delivery) -> handled.add(body)));

        messaging
                .publisher(exchange)
                .publishAndWait(Message.of(EventType.of("user.deleted", "1.0.0", String.class), "not an object"));

        eventually(() -> assertThat(parked(messaging, queue)).isEqualTo(1));
        assertThat(handled).isEmpty();
    }

    @Test
    void a_stage_completes_with_the_same_receipt_or_failure() throws Exception {
        Message<Deleted> message = Message.of(V1, new Deleted(7));
        assertThat(messaging
                        .publisher(exchange)
                        .publish(message)
                        .handle((receipt, e) -> ((PublishException) e).kind())
                        .toCompletableFuture()
                        .get(20, TimeUnit.SECONDS))
                .isEqualTo(PublishException.Kind.UNROUTABLE);

        started(subscription("^1.0.0").handler(Deleted.class, (body, delivery) -> handled.add(body)));
        assertThat(messaging
                        .publisher(exchange)
                        .publish(message)
                        .toCompletableFuture()
                        .get(20, TimeUnit.SECONDS)
                        .messageId())
                .isEqualTo(message.messageId());
    }

    @Test
    void try_publish_ends_like_publish() throws Throwable {
        Message<Deleted> message = Message.of(V1, new Deleted(7));
        MessageSet set = MessageSet.of("evt").add(V1, new Deleted(8)).add(V2, new Deleted2("8"));
        assertKind(
                PublishException.Kind.UNROUTABLE,
                () -> result(messaging.publisher(exchange).tryPublish(message)));
        started(subscription("^1.0.0").handler(Deleted.class, (body, delivery) -> handled.add(body)));

        assertThat(result(messaging.publisher(exchange).tryPublish(message)))
                .isEqualTo(new Receipt(message.messageId(), message.eventId()));
        assertThat(result(messaging.publisher(exchange).tryPublish(set)).eventId())
                .isEqualTo("evt");

        eventually(() -> assertThat(handled).containsExactly(new Deleted(7), new Deleted(8)));
    }

    @Test
    void after_closing_try_publish_fails_at_once() {
        messaging.close();
        assertKind(
                PublishException.Kind.NOT_CONNECTED,
                () -> result(messaging.publisher(exchange).tryPublish(Message.of(V1, new Deleted(7)))));
    }

    @Test
    void what_cannot_be_encoded_or_is_too_large_is_told_and_keeps_its_whole_set_back() throws Exception {
        EventType<Object> odd = EventType.of("user.deleted", "1.1.0", Object.class);
        EventType<String> large = EventType.of("user.deleted", "1.3.0", String.class);
        started(subscription("^1.0.0").handler(Deleted.class, (body, delivery) -> handled.add(body)));
        Publisher publisher = messaging.publisher(exchange);
        MessageSet set = MessageSet.create().add(V2, new Deleted2("7"));

        assertKind(PublishException.Kind.REFUSED, () -> result(publisher.publish(Message.of(odd, new Object()))));
        assertKind(PublishException.Kind.REFUSED, () -> publisher.publishAndWait(set.add(odd, new Object())));
        assertKind(PublishException.Kind.REFUSED, () -> result(publisher.tryPublish(set.add(odd, new Object()))));
        assertKind(
                PublishException.Kind.TOO_LARGE,
                () -> publisher.publishAndWait(set.add(large, "x".repeat(1024 * 1024))));
        publisher.publishAndWait(Message.of(V1, new Deleted(8)));

        eventually(() -> assertThat(handled).containsExactly(new Deleted(8)));
    }

    @Test
    void wrong_subscriptions_are_refused() {
        assertThatThrownBy(() -> messaging.subscribe(queue).handler(Deleted.class, (body, delivery) -> {}))
                .isInstanceOf(IllegalStateException.class);
        Subscription first = subscription("^1.0.0").handler(Deleted.class, (body, delivery) -> {});
        assertThatThrownBy(() -> subscription("^1.0.0").handler(Deleted.class, (body, delivery) -> {}))
                .hasMessageContaining("already");
        assertThatThrownBy(() -> messaging
                        .subscribe(queue + "-x")
                        .bind(exchange, "user.deleted", VersionRange.parse(">=1 <3"))
                        .handler(Deleted.class, (body, delivery) -> {}))
                .hasMessageContaining("inbox");
        first.close();
        assertThat(first.active()).isFalse();
    }

    @Test
    void health_counts_consumers() {
        started(subscription("^1.0.0").handler(Deleted.class, (body, delivery) -> {}));
        assertThat(messaging.health().state()).isEqualTo(ConnectionState.CONNECTED);
        eventually(() -> assertThat(messaging.health().healthy()).isTrue());
        messaging.close();
        assertThat(messaging.health().state()).isEqualTo(ConnectionState.CLOSED);
        assertKind(
                PublishException.Kind.NOT_CONNECTED,
                () -> messaging.publisher(exchange).publishAndWait(Message.of(V1, new Deleted(7))));
    }

    @Test
    void health_tells_both_connections_and_how_many_consumers_and_parked_messages_there_are() {
        started(subscription("^1.0.0").concurrency(3).handler(Deleted.class, (body, delivery) -> {
            throw new RejectMessage("on purpose");
        }));
        eventually(() -> assertThat(messaging.health().parked()).containsExactly(java.util.Map.entry(queue, 0L)));

        messaging.publisher(exchange).publishAndWait(Message.of(V1, new Deleted(7)));

        eventually(() -> assertThat(messaging.health().parked()).containsExactly(java.util.Map.entry(queue, 1L)));
        MessagingHealth health = messaging.health();
        assertThat(health.publishing()).isEqualTo(ConnectionState.CONNECTED);
        assertThat(health.consuming()).isEqualTo(ConnectionState.CONNECTED);
        assertThat(health.blockedSince()).isEmpty();
        assertThat(health.consumersWanted()).isEqualTo(3);
        assertThat(health.consumersActive()).isEqualTo(3);
        assertThat(health.topologyProblems()).isEmpty();
        assertThat(health.lastError()).isEmpty();
        assertThat(health.healthy()).isTrue();
        messaging.close();
        assertThat(messaging.health().parked()).isEmpty();
        assertThat(messaging.health().consuming()).isEqualTo(ConnectionState.CLOSED);
    }

    private static Receipt result(CompletionStage<Receipt> sent) throws Throwable {
        try {
            return sent.toCompletableFuture().get(20, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause();
        }
    }

    private SubscriptionBuilder subscription(String versions) {
        return messaging.subscribe(queue).bind(exchange, "user.deleted", VersionRange.parse(versions));
    }

    private static void started(Subscription subscription) {
        await().atMost(Duration.ofSeconds(30)).until(subscription::active);
    }

    private static void assertKind(
            PublishException.Kind kind, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        PublishException.class, e -> assertThat(e.kind()).isEqualTo(kind));
    }
}
