package dev.dowel.messaging;

import static dev.dowel.messaging.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a user sees of a subscription's options, on the double and on a real broker alike. */
public abstract class SubscriptionContract {
    /** A body. */
    public record Deleted(long id) {}

    /** The same event in another form. */
    public record Deleted2(String userId) {}

    /** Another event. */
    public record Renamed(String name) {}

    private static final EventType<Deleted> DELETED = EventType.of("user.deleted", "1.1.0", Deleted.class);
    private static final EventType<Deleted> OLDER = EventType.of("user.deleted", "1.0.0", Deleted.class);
    private static final EventType<Deleted2> DELETED_2 = EventType.of("user.deleted", "2.0.0", Deleted2.class);
    private static final EventType<Renamed> RENAMED = EventType.of("user.renamed", "1.0.0", Renamed.class);
    /** Remembers nothing. */
    private static final Inbox INBOX = (consumer, id, work) -> {
        work.run((Connection) null);
        return true;
    };

    private final String exchange = "events-" + UUID.randomUUID();
    private final String queue = "q-" + UUID.randomUUID();
    private final List<String> handled = new CopyOnWriteArrayList<>();
    private Messaging messaging;

    /** Makes messaging that is not started. */
    protected abstract Messaging messaging();

    /** Lets time pass for retries. */
    protected abstract void pass(Messaging messaging, Duration time);

    @BeforeEach
    void start() {
        messaging = messaging();
        messaging.start();
        assertThat(messaging.awaitConnected(Duration.ofSeconds(20))).isTrue();
    }

    @AfterEach
    void stop() {
        messaging.close();
    }

    @Test
    void each_event_and_major_on_a_queue_goes_to_its_own_handler() {
        started(messaging
                .subscribe(queue)
                .idempotent(INBOX.byEvent())
                .on(exchange, DELETED, (body, delivery) -> handled.add("1 " + body.id()))
                .on(exchange, DELETED_2, (body, delivery) -> handled.add("2 " + body.userId()))
                .on(exchange, RENAMED, (body, delivery) -> handled.add("renamed " + body.name()))
                .start());

        publish(DELETED, new Deleted(7));
        publish(DELETED_2, new Deleted2("8"));
        publish(RENAMED, new Renamed("Ann"));

        eventually(() -> assertThat(handled).containsExactly("1 7", "2 8", "renamed Ann"));
    }

    @Test
    void what_no_handler_takes_is_parked_at_once_and_says_its_name_and_version() {
        started(messaging
                .subscribe(queue)
                .idempotent(INBOX.byEvent())
                .bind(exchange, "user.renamed", VersionRange.parse("^1.0.0"))
                .bind(exchange, "user.deleted", VersionRange.parse("^2.0.0"))
                .on(exchange, DELETED, (body, delivery) -> handled.add("1 " + body.id()))
                .start());

        publish(RENAMED, new Renamed("Ann"));
        publish(DELETED_2, new Deleted2("8"));
        publish(DELETED, new Deleted(7));

        eventually(() -> assertThat(handled).containsExactly("1 7"));
        eventually(() -> assertThat(messaging.parkingLot(queue).peek(10))
                .extracting(ParkedMessage::reason)
                .containsExactly("no handler for user.renamed 1.0.0", "no handler for user.deleted 2.0.0"));
    }

    @Test
    void a_version_below_that_of_its_handler_is_skipped_and_not_parked() {
        started(messaging
                .subscribe(queue)
                .on(exchange, DELETED, (body, delivery) -> handled.add("1 " + body.id()))
                .start());

        publish(OLDER, new Deleted(1));
        publish(DELETED, new Deleted(2));

        eventually(() -> assertThat(handled).containsExactly("1 2"));
        assertThat(messaging.parkingLot(queue).count()).isZero();
    }

    @Test
    void handlers_that_contradict_each_other_are_refused() {
        SubscriptionBuilder one = messaging.subscribe(queue).on(exchange, DELETED, (body, delivery) -> {});
        assertThatThrownBy(() -> one.on(exchange, OLDER, (body, delivery) -> {}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("user.deleted in major 1");
        assertThatThrownBy(() -> one.handler(Deleted.class, (body, delivery) -> {}))
                .hasMessageContaining("handlers for single events");
        assertThatThrownBy(() ->
                        one.on(exchange, DELETED_2, (body, delivery) -> {}).start())
                .hasMessageContaining("inbox");
        assertThatThrownBy(() -> subscription().start()).hasMessageContaining("no handler");
        assertThatThrownBy(() -> subscription().inOrder().concurrency(2).handler(Deleted.class, (b, d) -> {}))
                .hasMessageContaining("one message at a time");
        assertThatThrownBy(() -> subscription()
                        .inOrder()
                        .retry(Duration.ofMinutes(10), Duration.ofMinutes(1))
                        .handler(Deleted.class, (b, d) -> {}))
                .hasMessageContaining("30 minutes");
        assertThatThrownBy(() -> subscription().maxHandlingTime(Duration.ofMinutes(30)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> subscription().immediateRetries(11)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void in_order_all_wait_for_one_that_failed_until_it_succeeds_or_is_parked() {
        started(subscription()
                .inOrder()
                .retry(Duration.ofMillis(50), Duration.ofMillis(100))
                .handler(Deleted.class, (body, delivery) -> {
                    handled.add(body.id() + "." + delivery.attempt());
                    if (body.id() == 1 || (body.id() == 2 && delivery.attempt() == 1)) {
                        throw new IllegalStateException("on purpose");
                    }
                }));

        for (long id = 0; id < 4; id++) {
            publish(DELETED, new Deleted(id));
        }

        pass(messaging, Duration.ofMillis(150));
        pass(messaging, Duration.ofMillis(50));
        eventually(() -> assertThat(handled).containsExactly("0.1", "1.1", "1.2", "1.3", "2.1", "2.2", "3.1"));
        assertThat(messaging.parkingLot(queue).peek(10))
                .extracting(ParkedMessage::attempts)
                .containsExactly(3);
    }

    @Test
    void exceptions_that_no_retry_mends_park_at_once_with_their_subclasses() {
        started(subscription().parkOn(IOException.class).handler(Deleted.class, (body, delivery) -> {
            handled.add(body.id() + "." + delivery.attempt());
            throw new FileNotFoundException("no such account");
        }));

        publish(DELETED, new Deleted(7));

        eventually(() -> assertThat(messaging.parkingLot(queue).peek(10))
                .extracting(ParkedMessage::reason)
                .containsExactly("no such account"));
        assertThat(handled).containsExactly("7.1");
    }

    @Test
    void immediate_retries_come_before_each_attempt_counts_as_failed() {
        started(subscription()
                .immediateRetries(2)
                .retry(Duration.ofMillis(50))
                .handler(Deleted.class, (body, delivery) -> {
                    handled.add(body.id() + "." + delivery.attempt());
                    throw new IllegalStateException("on purpose");
                }));

        publish(DELETED, new Deleted(7));

        pass(messaging, Duration.ofMillis(50));
        eventually(() -> assertThat(messaging.parkingLot(queue).count()).isEqualTo(1));
        assertThat(handled).containsExactly("7.1", "7.1", "7.1", "7.2", "7.2", "7.2");
    }

    @Test
    void a_handler_may_publish_also_to_its_own_queue() {
        started(messaging
                .subscribe(queue)
                .on(exchange, DELETED, (body, delivery) -> {
                    if (body.id() < 3) {
                        publish(DELETED, new Deleted(body.id() + 1));
                    }
                    publish(RENAMED, new Renamed("from " + body.id()));
                    handled.add("deleted " + body.id());
                })
                .on(exchange, RENAMED, (body, delivery) -> handled.add(body.name()))
                .start());

        publish(DELETED, new Deleted(1));

        eventually(() -> assertThat(handled)
                .containsExactly("deleted 1", "deleted 2", "from 1", "deleted 3", "from 2", "from 3"));
    }

    @Test
    void a_handler_that_breaks_down_gets_the_message_again_and_in_the_end_it_is_parked() {
        started(subscription().handler(Deleted.class, (body, delivery) -> {
            handled.add(body.id() + "." + delivery.attempt());
            throw new StackOverflowError("on purpose");
        }));

        publish(DELETED, new Deleted(7));

        eventually(() -> assertThat(messaging.parkingLot(queue).peek(1))
                .extracting(ParkedMessage::reason)
                .containsExactly("delivery_limit"));
        assertThat(handled).hasSize(21).containsOnly("7.1");
        ParkedMessage parked = messaging.parkingLot(queue).peek(1).get(0);
        assertThat(parked.routingKey()).isEqualTo("user.deleted.1.1.0");
        assertThat(parked.exchange()).isEqualTo(exchange);
        assertThat(parked.version()).contains(DELETED.version());
        assertThat(parked.exceptionClass()).isEmpty();
        assertThat(parked.host()).isEmpty();
        assertThat(parked.headers()).doesNotContainKey("failure-reason");
        assertThat(parked.lastFailureAt()).isPresent();
    }

    @Test
    void in_order_attempts_are_counted_anew_by_the_next_consumer() {
        Supplier<Subscription> consume = () -> subscription()
                .inOrder()
                .retry(Duration.ofMillis(50), Duration.ofMinutes(5))
                .handler(Deleted.class, (body, delivery) -> {
                    handled.add(body.id() + "." + delivery.attempt());
                    throw new IllegalStateException("on purpose");
                });
        Subscription first = consume.get();
        started(first);
        publish(DELETED, new Deleted(7));
        pass(messaging, Duration.ofMillis(50));
        eventually(() -> assertThat(handled).containsExactly("7.1", "7.2"));

        first.close();
        started(consume.get());

        pass(messaging, Duration.ofMillis(50));
        eventually(() -> assertThat(handled).containsExactly("7.1", "7.2", "7.1", "7.2"));
    }

    @Test
    void in_order_what_is_parked_says_when_it_failed_first_and_last() {
        started(subscription().inOrder().retry(Duration.ofSeconds(2)).handler(Deleted.class, (body, delivery) -> {
            assertThat(delivery.headers()).doesNotContainKey("failure-first-at");
            throw new IllegalStateException("on purpose");
        }));

        publish(DELETED, new Deleted(7));

        pass(messaging, Duration.ofSeconds(2));
        eventually(() -> assertThat(messaging.parkingLot(queue).count()).isEqualTo(1));
        ParkedMessage parked = messaging.parkingLot(queue).peek(1).get(0);
        assertThat(parked.firstFailureAt().orElseThrow().plusSeconds(2))
                .isBeforeOrEqualTo(parked.lastFailureAt().orElseThrow());
    }

    @Test
    void a_retry_says_why_and_since_when_and_keeps_the_time_of_publishing() {
        List<Map<String, String>> headers = new CopyOnWriteArrayList<>();
        List<Instant> published = new CopyOnWriteArrayList<>();
        started(subscription()
                .retry(Duration.ofMillis(1_100), Duration.ofMillis(50))
                .handler(Deleted.class, (body, delivery) -> {
                    headers.add(delivery.headers());
                    published.add(delivery.publishedAt().orElseThrow());
                    throw new IllegalStateException("no account, for the " + delivery.attempt() + ". time");
                }));

        publish(DELETED, new Deleted(7));

        pass(messaging, Duration.ofMillis(1_150));
        eventually(() -> assertThat(messaging.parkingLot(queue).count()).isEqualTo(1));
        assertThat(headers.get(0).keySet()).noneMatch(name -> name.startsWith("failure-"));
        assertThat(headers.get(1))
                .containsEntry("failure-reason", "no account, for the 1. time")
                .containsEntry("failure-exception", "java.lang.IllegalStateException")
                .containsEntry("failure-exchange", exchange)
                .containsEntry("failure-routing-key", "user.deleted.1.1.0")
                .containsEntry("failure-queue", queue)
                .containsKey("failure-host");
        assertThat(headers.get(2)).containsEntry("failure-reason", "no account, for the 2. time");
        assertThat(headers.get(2).get("failure-first-at"))
                .isEqualTo(headers.get(1).get("failure-first-at"));
        assertThat(Instant.parse(headers.get(2).get("failure-last-at")))
                .isAfter(Instant.parse(headers.get(2).get("failure-first-at")));
        ParkedMessage parked = messaging.parkingLot(queue).peek(1).get(0);
        assertThat(parked.headers()).containsEntry("failure-reason", "no account, for the 3. time");
        assertThat(published).hasSize(3).containsOnly(published.get(0));
        assertThat(published.get(0)).isEqualTo(published.get(0).truncatedTo(ChronoUnit.SECONDS));
        assertThat(published.get(0)).isBetween(Instant.now().minusSeconds(120), Instant.now());
    }

    @Test
    void a_handler_may_stop_its_own_subscription_and_its_message_is_settled() {
        AtomicReference<Subscription> own = new AtomicReference<>();
        own.set(subscription().handler(Deleted.class, (body, delivery) -> {
            own.get().stop(Duration.ofMinutes(5));
            handled.add("first " + body.id());
        }));
        started(own.get());

        publish(DELETED, new Deleted(7));

        eventually(() -> assertThat(handled).containsExactly("first 7"));
        own.get().stop(Duration.ofSeconds(20));
        publish(DELETED, new Deleted(8));
        started(subscription().handler(Deleted.class, (body, delivery) -> handled.add("second " + body.id())));
        eventually(() -> assertThat(handled).containsExactly("first 7", "second 8"));
        assertThat(own.get().active()).isFalse();
    }

    @Test
    void a_handler_may_close_messaging() {
        started(subscription().handler(Deleted.class, (body, delivery) -> {
            messaging.close();
            handled.add("closed");
        }));

        publish(DELETED, new Deleted(7));

        eventually(() -> assertThat(handled).containsExactly("closed"));
        eventually(() -> assertThat(messaging.health().state()).isEqualTo(ConnectionState.CLOSED));
    }

    @Test
    void who_waits_for_a_subscription_publishes_to_it_at_once() {
        Subscription subscription =
                subscription().handler(Deleted.class, (body, delivery) -> handled.add("" + body.id()));

        assertThat(subscription.awaitActive(Duration.ofSeconds(30))).isTrue();
        publish(DELETED, new Deleted(7));

        eventually(() -> assertThat(handled).containsExactly("7"));
        subscription.close();
        assertThat(subscription.awaitActive(Duration.ofSeconds(30))).isFalse();
    }

    @Test
    void an_interrupted_handler_gets_the_message_again_and_the_next_message_does_not_suffer() {
        started(subscription().handler(Deleted.class, (body, delivery) -> {
            handled.add(body.id() + (Thread.currentThread().isInterrupted() ? " interrupted" : ""));
            if (handled.size() == 1) {
                Thread.currentThread().interrupt();
                throw new InterruptedException("on purpose");
            }
        }));

        publish(DELETED, new Deleted(7));
        boolean unused = Thread.interrupted();
        publish(DELETED, new Deleted(8));

        eventually(() -> assertThat(handled).contains("7", "8").hasSize(3).allMatch(one -> one.length() == 1));
    }

    @Test
    void what_is_published_while_no_subscription_runs_waits_in_the_queue() {
        Subscription first = subscription().handler(Deleted.class, (body, delivery) -> handled.add("first"));
        started(first);
        first.close();

        publish(DELETED, new Deleted(7));
        assertThat(handled).isEmpty();

        started(subscription().handler(Deleted.class, (body, delivery) -> handled.add("second " + body.id())));
        eventually(() -> assertThat(handled).containsExactly("second 7"));
    }

    private <T> void publish(EventType<T> type, T body) {
        messaging.publisher(exchange).publishAndWait(Message.of(type, body));
    }

    private SubscriptionBuilder subscription() {
        return messaging.subscribe(queue).bind(exchange, "user.deleted", VersionRange.parse("^1.0.0"));
    }

    private static void started(Subscription subscription) {
        await().atMost(Duration.ofSeconds(30)).until(subscription::active);
    }
}
