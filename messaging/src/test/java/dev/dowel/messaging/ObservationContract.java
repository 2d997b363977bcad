package dev.dowel.messaging;

import static dev.dowel.messaging.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.dowel.messaging.MessagingListener.Connection;
import dev.dowel.messaging.MessagingListener.Consumed;
import dev.dowel.messaging.MessagingListener.DeprecatedVersion;
import dev.dowel.messaging.MessagingListener.Published;
import dev.dowel.messaging.MessagingListener.Result;
import dev.dowel.messaging.micrometer.MicrometerMessagingListener;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What listeners and meters show, on the double and on a real broker alike. */
public abstract class ObservationContract {
    /** A body. */
    public record Deleted(long id) {}

    private static final EventType<Deleted> DELETED = EventType.of("user.deleted", "1.1.0", Deleted.class);
    private static final EventType<Deleted> OLDER = EventType.of("user.deleted", "1.0.0", Deleted.class);
    private static final EventType<Deleted> UNHEARD = EventType.of("user.renamed", "1.0.0", Deleted.class);
    private static final String CANARY = "canary-4711";

    private final String exchange = "events-" + UUID.randomUUID();
    private final String queue = "q-" + UUID.randomUUID();
    private final RecordingListener heard = new RecordingListener();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private Messaging messaging;

    /** Makes messaging that is not started. */
    protected abstract Messaging messaging(List<MessagingListener> listeners);

    /** Lets time pass for retries. */
    protected abstract void pass(Messaging messaging, Duration time);

    @BeforeEach
    void start() {
        messaging = messaging(List.of(new Broken(), heard, new MicrometerMessagingListener(registry)));
        messaging.start();
        assertThat(messaging.awaitConnected(Duration.ofSeconds(20))).isTrue();
    }

    @AfterEach
    void stop() {
        messaging.close();
    }

    /** A listener that throws at everything; it is there in every test, and none may notice. */
    private static final class Broken implements MessagingListener {
        @Override
        public void attached(Supplier<MessagingHealth> health) {
            throw new IllegalStateException("expected by the test");
        }

        @Override
        public void published(Published event) {
            throw new IllegalStateException("expected by the test");
        }

        @Override
        public void subscribed(String queue) {
            throw new IllegalStateException("expected by the test");
        }

        @Override
        public void consumed(Consumed event) {
            throw new AssertionError("expected by the test");
        }

        @Override
        public void deprecatedVersion(DeprecatedVersion event) {
            throw new IllegalStateException("expected by the test");
        }

        @Override
        public void connectionChanged(ConnectionChange event) {
            throw new IllegalStateException("expected by the test");
        }
    }

    @Test
    void publications_are_heard_of_with_how_they_ended() {
        started(subscription().handler(Deleted.class, (body, delivery) -> {}));
        Publisher publisher = messaging.publisher(exchange);

        publisher.publishAndWait(Message.of(DELETED, new Deleted(1)));
        assertThatThrownBy(() -> publisher.publishAndWait(Message.of(UNHEARD, new Deleted(2))))
                .isInstanceOf(PublishException.class);
        EventType<byte[]> large = EventType.of("user.pictured", "1.0.0", byte[].class);
        assertThat(publisher.publish(Message.of(large, new byte[1024 * 1024]))).failsWithin(Duration.ofSeconds(20));
        publisher
                .publish(publisher.encode(Message.of(DELETED, new Deleted(3))))
                .toCompletableFuture()
                .join();
        publisher
                .tryPublish(MessageSet.create().add(DELETED, new Deleted(4)).add(UNHEARD, new Deleted(4)))
                .toCompletableFuture()
                .join();

        assertThat(heard.published)
                .extracting(
                        Published::exchange,
                        Published::event,
                        event -> event.failure().map(Enum::name).orElse("-"))
                .containsExactlyInAnyOrder(
                        tuple(exchange, "user.deleted", "-"),
                        tuple(exchange, "user.renamed", "UNROUTABLE"),
                        tuple(exchange, "user.pictured", "TOO_LARGE"),
                        tuple(exchange, "user.deleted", "-"),
                        tuple(exchange, "user.deleted", "-"),
                        tuple(exchange, "user.renamed", "UNROUTABLE"));
        assertThat(heard.published)
                .allSatisfy(event -> assertThat(event.duration()).isPositive());
        assertThat(timer("messaging.publish", "exchange", exchange, "type", "user.deleted", "outcome", "confirmed"))
                .isEqualTo(3);
        assertThat(timer("messaging.publish", "type", "user.renamed", "outcome", "unroutable"))
                .isEqualTo(2);
        assertThat(timer("messaging.publish", "type", "user.pictured", "outcome", "too_large"))
                .isEqualTo(1);
    }

    @Test
    void a_message_is_heard_of_with_each_attempt_and_its_end() {
        started(subscription().retry(Duration.ofMillis(50)).handler(Deleted.class, (body, delivery) -> {
            if (body.id() > delivery.attempt()) {
                throw new IllegalStateException("on purpose");
            }
        }));

        for (long id : new long[] {1, 2, 3}) {
            publish(DELETED, id);
            pass(messaging, Duration.ofMillis(50));
            eventually(() -> assertThat(heard.consumed.stream().filter(ObservationContract::ended))
                    .hasSize((int) id));
        }
        publish(OLDER, 0);

        eventually(() -> assertThat(heard.consumed)
                .extracting(event -> event.result() + " " + event.attempt())
                .containsExactly("HANDLED 1", "RETRIED 1", "HANDLED 2", "RETRIED 1", "PARKED 2", "SKIPPED 1"));
        assertThat(heard.consumed).allSatisfy(event -> {
            assertThat(event.queue()).isEqualTo(queue);
            assertThat(event.event()).isEqualTo("user.deleted");
            assertThat(event.duration()).isPositive();
            assertThat(event.lag())
                    .hasValueSatisfying(lag -> assertThat(lag).isBetween(Duration.ZERO, Duration.ofMinutes(2)));
        });
        eventually(() -> assertThat(timer("messaging.consume", "queue", queue, "outcome", "skipped"))
                .isEqualTo(1));
        assertThat(timer("messaging.consume", "type", "user.deleted", "outcome", "handled"))
                .isEqualTo(2);
        assertThat(timer("messaging.consume", "outcome", "retried")).isEqualTo(2);
        assertThat(timer("messaging.consume", "outcome", "parked")).isEqualTo(1);
        assertThat(timer("messaging.delivery.lag", "queue", queue)).isEqualTo(4);
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() ->
                        assertThat(gauge("messaging.parked", "queue", queue)).isEqualTo(1));
    }

    private static boolean ended(Consumed event) {
        return event.result() != Result.RETRIED;
    }

    @Test
    void in_order_each_failed_attempt_is_heard_of_before_the_next() {
        started(subscription()
                .inOrder()
                .retry(Duration.ofMillis(50), Duration.ofMillis(100))
                .handler(Deleted.class, (body, delivery) -> {
                    throw new IllegalStateException("on purpose");
                }));

        publish(DELETED, 7);

        pass(messaging, Duration.ofMillis(150));
        eventually(() -> assertThat(heard.consumed)
                .extracting(event -> event.result() + " " + event.attempt())
                .containsExactly("RETRIED 1", "RETRIED 2", "PARKED 3"));
    }

    @Test
    void each_attempt_at_a_version_that_will_end_is_heard_of_and_counted() {
        LocalDate end = LocalDate.of(9999, 12, 31);
        started(subscription().retry(Duration.ofMillis(50)).handler(Deleted.class, (body, delivery) -> {
            if (delivery.attempt() == 1) {
                throw new IllegalStateException("on purpose");
            }
        }));

        publish(DELETED, 1);
        publish(DELETED.deprecated(end), 2);
        publish(OLDER.deprecated(end), 3);
        pass(messaging, Duration.ofMillis(50));

        eventually(() -> assertThat(heard.deprecated)
                .containsExactly(
                        new DeprecatedVersion(queue, "user.deleted", 1, end),
                        new DeprecatedVersion(queue, "user.deleted", 1, end)));
        eventually(() -> assertThat(registry.get("messaging.consume.deprecated")
                        .tags("queue", queue, "type", "user.deleted")
                        .counter()
                        .count())
                .isEqualTo(2));
    }

    /** A body whose class cannot be initialised. */
    public record Unloadable(long id) {
        private static final long NEVER = never();

        private static long never() {
            throw new IllegalStateException("on purpose");
        }

        @Override
        public String toString() {
            return "Unloadable[" + NEVER + "]";
        }
    }

    @Test
    void an_error_while_decoding_costs_its_own_message_only() {
        started(messaging
                .subscribe(queue)
                .on(exchange, EventType.of("user.made", "1.0.0", Unloadable.class), (body, delivery) -> {})
                .on(exchange, DELETED, (body, delivery) -> {})
                .start());

        messaging
                .publisher(exchange)
                .publishAndWait(Message.of(EventType.of("user.made", "1.0.0", Map.class), Map.of("id", 1)));
        publish(DELETED, 2);

        eventually(() -> assertThat(messaging.parkingLot(queue).peek(1))
                .extracting(ParkedMessage::reason)
                .containsExactly("delivery_limit"));
        eventually(() -> assertThat(heard.consumed)
                .extracting(event -> event.event() + " " + event.result())
                .contains("user.deleted HANDLED")
                .filteredOn(one -> one.equals("user.made GIVEN_BACK"))
                .hasSize(21));
    }

    @Test
    void a_duplicate_and_a_handler_that_breaks_down_are_told_apart() {
        Set<String> known = ConcurrentHashMap.newKeySet();
        started(subscription()
                .idempotent((name, id, work) -> {
                    if (known.add(id)) {
                        work.run(null);
                        return true;
                    }
                    return false;
                })
                .handler(Deleted.class, (body, delivery) -> {
                    if (body.id() == 2) {
                        throw new StackOverflowError("on purpose");
                    }
                }));
        Message<Deleted> message = Message.of(DELETED, new Deleted(1));

        messaging.publisher(exchange).publishAndWait(message);
        messaging.publisher(exchange).publishAndWait(message);
        publish(DELETED, 2);

        eventually(() -> assertThat(heard.consumed)
                .extracting(Consumed::result)
                .startsWith(Result.HANDLED, Result.DUPLICATE, Result.GIVEN_BACK));
    }

    @Test
    void both_connections_are_heard_of_when_they_come_and_when_they_are_closed() {
        await().untilAsserted(() -> assertThat(Connection.values())
                .allSatisfy(each -> assertThat(heard.states(each)).endsWith(ConnectionState.CONNECTED)));
        assertThat(gauge("messaging.connection.state", "connection", "publishing", "state", "connected"))
                .isEqualTo(1);
        assertThat(gauge("messaging.connection.state", "connection", "publishing", "state", "closed"))
                .isZero();
        assertThat(gauge("messaging.connection.blocked.seconds")).isZero();

        messaging.close();

        assertThat(Connection.values())
                .allSatisfy(each -> assertThat(heard.states(each)).endsWith(ConnectionState.CLOSED));
        assertThat(heard.changes).noneMatch(MessagingListener.ConnectionChange::reconnected);
        assertThat(gauge("messaging.connection.state", "connection", "consuming", "state", "closed"))
                .isEqualTo(1);
    }

    @Test
    void listeners_can_read_the_state_from_the_beginning_and_hear_of_subscriptions() {
        assertThat(heard.attached)
                .singleElement()
                .satisfies(health -> assertThat(health.get().publishing()).isEqualTo(ConnectionState.CONNECTED));
        started(subscription().concurrency(2).handler(Deleted.class, (body, delivery) -> {}));

        assertThat(heard.subscribed).containsExactly(queue);
        assertThat(gauge("messaging.consumers.active")).isEqualTo(2);
        assertThat(gauge("messaging.consumers.wanted")).isEqualTo(2);
        assertThat(gauge("messaging.publish.inflight")).isZero();
        assertThat(gauge("messaging.topology.problems")).isZero();
    }

    @Test
    void nothing_that_names_one_message_is_in_any_event_or_meter() {
        started(subscription().retry(Duration.ofMillis(50)).handler(Deleted.class, (body, delivery) -> {
            throw new IllegalStateException(CANARY);
        }));
        Message<Deleted> message = Message.of(DELETED, new Deleted(81_547_111))
                .key(CANARY)
                .correlationId(CANARY)
                .eventId(CANARY)
                .header("tenant", CANARY);

        messaging.publisher(exchange).publishAndWait(message);
        pass(messaging, Duration.ofMillis(50));

        eventually(() ->
                assertThat(heard.consumed).extracting(Consumed::result).containsExactly(Result.RETRIED, Result.PARKED));
        String all = Stream.of(heard.published, heard.consumed, heard.changes, heard.problems)
                        .map(List::toString)
                        .collect(Collectors.joining())
                + registry.getMeters().stream().map(Meter::getId).toList();
        assertThat(all)
                .contains("user.deleted")
                .doesNotContain(CANARY, "81547111", message.messageId(), "user.deleted.1", "amqp:");
    }

    @Test
    void a_thousand_foreign_names_make_no_more_meters_than_one() {
        List<String> handled = new CopyOnWriteArrayList<>();
        started(subscription()
                .prefetch(1_000)
                .handler(Deleted.class, (body, delivery) -> handled.add(delivery.routingKey())));
        flood(0, 1);
        eventually(() -> assertThat(timers()).isEqualTo(1));
        List<Meter.Id> before = meters();

        flood(1, 1_000);

        eventually(() -> assertThat(timers()).isEqualTo(1_000));
        assertThat(meters()).containsExactlyInAnyOrderElementsOf(before);
        assertThat(handled).hasSize(1_000);
        assertThat(timer("messaging.consume", "queue", queue, "type", "other", "outcome", "handled"))
                .isEqualTo(1_000);
        assertThat(heard.consumed).extracting(Consumed::event).containsOnly(MessagingListener.OTHER);
    }

    private void flood(int from, int to) {
        for (int i = from; i < to; i++) {
            foreign(messaging, exchange, queue, "user.deleted.1.1." + i, "name" + i);
        }
    }

    /** Has somebody else send a message that the queue gets, with a body that the handler can read and a name of its own. */
    protected abstract void foreign(Messaging messaging, String exchange, String queue, String routingKey, String type);

    /** Without those of publishing: on the double it is this program that publishes what is foreign. */
    private List<Meter.Id> meters() {
        return registry.getMeters().stream()
                .map(Meter::getId)
                .filter(id -> !id.getName().startsWith("messaging.publish"))
                .toList();
    }

    private long timers() {
        return registry.find("messaging.consume").timers().stream()
                .mapToLong(Timer::count)
                .sum();
    }

    @Test
    void a_program_that_makes_event_names_up_gets_a_bounded_number_of_meters() {
        started(subscription().handler(Deleted.class, (body, delivery) -> {}));
        Publisher publisher = messaging.publisher(exchange);
        EncodedMessage model = publisher.encode(Message.of(DELETED, new Deleted(1)));

        List<CompletableFuture<Receipt>> sent = new ArrayList<>();
        for (int i = 0; i < 1_100; i++) {
            EncodedMessage made = new EncodedMessage(
                    model.messageId(),
                    model.eventId(),
                    "made-up-" + i,
                    model.routingKey(),
                    Optional.empty(),
                    Optional.empty(),
                    model.contentType(),
                    model.headers(),
                    model.body(),
                    model.route());
            sent.add(publisher.publish(made).toCompletableFuture());
        }
        sent.forEach(CompletableFuture::join);

        assertThat(registry.find("messaging.publish").timers()).hasSize(1_001);
        assertThat(timer("messaging.publish", "type", "other", "outcome", "confirmed"))
                .isEqualTo(100);
    }

    private long timer(String name, String... tags) {
        return registry.get(name).tags(tags).timers().stream()
                .mapToLong(Timer::count)
                .sum();
    }

    private double gauge(String name, String... tags) {
        return registry.get(name).tags(tags).gauge().value();
    }

    private void publish(EventType<Deleted> type, long id) {
        messaging.publisher(exchange).publishAndWait(Message.of(type, new Deleted(id)));
    }

    private SubscriptionBuilder subscription() {
        return messaging.subscribe(queue).bind(exchange, "user.deleted", VersionRange.parse("^1.1.0"));
    }

    private static void started(Subscription subscription) {
        await().atMost(Duration.ofSeconds(30)).until(subscription::active);
    }
}
