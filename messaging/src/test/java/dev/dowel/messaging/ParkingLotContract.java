package dev.dowel.messaging;

import static dev.dowel.messaging.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a user sees of a parking lot, on the double and on a real broker alike. */
public abstract class ParkingLotContract {
    /** A body. */
    public record Deleted(long id) {}

    private static final EventType<Deleted> DELETED = EventType.of("user.deleted", "1.2.3", Deleted.class);

    private final String exchange = "events-" + UUID.randomUUID();
    private final String queue = "q-" + UUID.randomUUID();
    private final List<String> handled = new CopyOnWriteArrayList<>();
    private final List<Map<String, String>> seen = new CopyOnWriteArrayList<>();
    private final List<Instant> published = new CopyOnWriteArrayList<>();
    private volatile boolean mended;
    private Messaging messaging;
    private Subscription subscription;

    /** Makes messaging that is not started, and waits no longer than two seconds. */
    protected abstract Messaging messaging();

    /** Lets time pass for retries. */
    protected abstract void pass(Messaging messaging, Duration time);

    @BeforeEach
    void start() {
        messaging = messaging();
        messaging.start();
        assertThat(messaging.awaitConnected(Duration.ofSeconds(20))).isTrue();
        subscription = subscribe();
    }

    @AfterEach
    void stop() {
        messaging.close();
    }

    private Subscription subscribe(Duration... delays) {
        Subscription started = messaging
                .subscribe(queue)
                .bind(exchange, "user.deleted", VersionRange.parse("^1.0.0"))
                .retry(delays)
                .handler(Deleted.class, (body, delivery) -> {
                    seen.add(delivery.headers());
                    published.add(delivery.publishedAt().orElseThrow());
                    handled.add(body.id() + " " + delivery.routingKey() + " " + delivery.attempt());
                    if (!mended) {
                        throw new IllegalStateException("no account of " + body.id());
                    }
                });
        await().atMost(Duration.ofSeconds(30)).until(started::active);
        return started;
    }

    @Test
    void a_look_shows_why_where_and_when_each_message_failed_and_what_it_was() {
        Message<Deleted> message = Message.of(DELETED, new Deleted(7)).key("k").header("traceparent", "t");
        messaging.publisher(exchange).publishAndWait(message);
        eventually(() -> assertThat(lot().count()).isEqualTo(1));

        ParkedMessage parked = lot().peek(10).get(0);

        assertThat(parked.id()).isEqualTo(message.messageId());
        assertThat(parked.messageId()).contains(message.messageId());
        assertThat(parked.eventId()).contains(message.eventId());
        assertThat(parked.exchange()).isEqualTo(exchange);
        assertThat(parked.routingKey()).isEqualTo("user.deleted.1.2.3");
        assertThat(parked.version()).contains(Version.parse("1.2.3"));
        assertThat(parked.queue()).isEqualTo(queue);
        assertThat(parked.attempts()).isEqualTo(1);
        assertThat(parked.reason()).isEqualTo("no account of 7");
        assertThat(parked.exceptionClass()).contains("java.lang.IllegalStateException");
        assertThat(parked.firstFailureAt()).isPresent().isEqualTo(parked.lastFailureAt());
        assertThat(parked.host()).isPresent();
        assertThat(parked.headers())
                .containsEntry("traceparent", "t")
                .containsEntry("message-key", "k")
                .containsEntry("failure-reason", "no account of 7")
                .containsEntry("failure-queue", queue);
        assertThat(new String(parked.body(), StandardCharsets.UTF_8)).isEqualTo("{\"id\":7}");
        assertThat(parked.toString()).contains(parked.id()).doesNotContain("account", "\"id\"", "traceparent");
    }

    @Test
    void looking_takes_nothing_away_and_keeps_the_order() {
        park(30);
        List<String> order = ids(30);

        assertThat(ids(5)).isEqualTo(order.subList(0, 5));
        assertThat(ids(20)).isEqualTo(order.subList(0, 20));
        assertThat(ids(3)).isEqualTo(order.subList(0, 3));
        assertThat(ids(1_000)).isEqualTo(order);
        assertThat(lot().count()).isEqualTo(30);
    }

    @Test
    void a_replayed_message_comes_as_it_first_came_and_is_no_longer_parked() {
        park(3);
        handled.clear();
        mended = true;

        assertThat(lot().replay(ids(3).get(1))).isTrue();

        eventually(() -> assertThat(handled).containsExactly("1 user.deleted.1.2.3 1"));
        assertThat(reasons()).containsExactly("no account of 0", "no account of 2");
        assertThat(lot().replay("nobody")).isFalse();
    }

    @Test
    void a_replayed_message_says_where_it_came_from_and_nothing_of_its_failure() {
        park(1);
        mended = true;

        lot().replayAll();

        eventually(() -> assertThat(seen).hasSize(2));
        assertThat(seen.get(1))
                .containsEntry("message-exchange", exchange)
                .containsEntry("message-routing-key", "user.deleted.1.2.3")
                .allSatisfy((name, value) -> assertThat(name).doesNotStartWith("failure-"));
        assertThat(published).hasSize(2).containsOnly(published.get(0));
    }

    @Test
    void a_replayed_message_that_fails_again_is_retried_from_the_start_and_parked_with_a_new_report() {
        subscription.close();
        subscription = subscribe(Duration.ofMillis(50));
        messaging.publisher(exchange).publishAndWait(Message.of(DELETED, new Deleted(7)));
        pass(messaging, Duration.ofMillis(50));
        eventually(() -> assertThat(lot().count()).isEqualTo(1));
        ParkedMessage first = lot().peek(1).get(0);
        handled.clear();

        assertThat(lot().replay(first.id())).isTrue();

        pass(messaging, Duration.ofMillis(50));
        eventually(() -> assertThat(handled).containsExactly("7 user.deleted.1.2.3 1", "7 user.deleted.1.2.3 2"));
        eventually(() -> assertThat(lot().count()).isEqualTo(1));
        ParkedMessage second = lot().peek(1).get(0);
        assertThat(second.attempts()).isEqualTo(2);
        assertThat(second.exchange()).isEqualTo(exchange);
        assertThat(second.routingKey()).isEqualTo("user.deleted.1.2.3");
        assertThat(second.firstFailureAt().orElseThrow())
                .isAfterOrEqualTo(first.lastFailureAt().orElseThrow());
    }

    @Test
    void replaying_all_keeps_the_order_and_ends_though_each_message_is_parked_again() {
        park(50);
        handled.clear();

        assertThat(lot().replayAll()).isEqualTo(50);

        eventually(() -> assertThat(lot().count()).isEqualTo(50));
        assertThat(handled).hasSize(50);
        assertThat(reasons()).isEqualTo(expectedReasons(50));
        mended = true;
        handled.clear();
        assertThat(lot().replayAll()).isEqualTo(50);
        eventually(() -> assertThat(handled).hasSize(50));
        assertThat(handled.get(0)).isEqualTo("0 user.deleted.1.2.3 1");
        assertThat(handled.get(49)).isEqualTo("49 user.deleted.1.2.3 1");
        assertThat(lot().count()).isZero();
        assertThat(lot().replayAll()).isZero();
    }

    @Test
    void of_many_that_are_replayed_none_stays_and_none_comes_twice() {
        park(600);
        mended = true;
        handled.clear();

        assertThat(lot().replayAll()).isEqualTo(600);

        eventually(() -> assertThat(handled).hasSizeGreaterThanOrEqualTo(600));
        assertThat(lot().count()).isZero();
        assertThat(handled).hasSize(600);
    }

    @Test
    void without_a_running_subscription_what_is_replayed_waits_in_its_queue() {
        park(2);
        subscription.close();
        mended = true;
        handled.clear();

        assertThat(lot().replayAll()).isEqualTo(2);
        assertThat(lot().count()).isZero();
        assertThat(handled).isEmpty();

        subscription = subscribe();
        eventually(() -> assertThat(handled).hasSize(2));
    }

    @Test
    void what_is_discarded_is_gone() {
        park(4);
        List<String> order = ids(4);

        assertThat(lot().discard(order.get(2))).isTrue();
        assertThat(lot().discard(order.get(2))).isFalse();
        assertThat(ids(4)).containsExactly(order.get(0), order.get(1), order.get(3));
        assertThat(lot().discardAll()).isEqualTo(3);
        assertThat(lot().count()).isZero();
        assertThat(lot().peek(1)).isEmpty();
    }

    @Test
    void a_queue_that_nobody_ever_subscribed_to_is_told() {
        assertThatThrownBy(() -> messaging.parkingLot("no-such-queue").count())
                .isInstanceOf(MessagingException.class)
                .hasMessageContaining("no-such-queue.parking")
                .hasMessageContaining("no such queue");
        assertThat(lot().count()).isZero();
    }

    @Test
    void without_a_connection_every_call_says_so() {
        try (Messaging away = messaging()) {
            ParkingLot lot = away.parkingLot(queue);
            assertThatThrownBy(lot::count)
                    .isInstanceOf(MessagingException.class)
                    .hasMessageContaining("no connection");
            assertThatThrownBy(lot::replayAll).isInstanceOf(MessagingException.class);
        }
    }

    @Test
    void a_look_is_between_one_and_a_thousand_messages_wide() {
        assertThatThrownBy(() -> lot().peek(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> lot().peek(1_001)).isInstanceOf(IllegalArgumentException.class);
    }

    private ParkingLot lot() {
        return messaging.parkingLot(queue);
    }

    private void park(int count) {
        for (long id = 0; id < count; id++) {
            messaging.publisher(exchange).publishAndWait(Message.of(DELETED, new Deleted(id)));
        }
        eventually(() -> assertThat(lot().count()).isEqualTo(count));
        assertThat(reasons()).isEqualTo(expectedReasons(count));
    }

    private static List<String> expectedReasons(int count) {
        List<String> expected = new ArrayList<>();
        for (int id = 0; id < count; id++) {
            expected.add("no account of " + id);
        }
        return expected;
    }

    private List<String> ids(int max) {
        return lot().peek(max).stream().map(ParkedMessage::id).toList();
    }

    private List<String> reasons() {
        return lot().peek(1_000).stream().map(ParkedMessage::reason).toList();
    }
}
