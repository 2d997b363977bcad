package dev.dowel.messaging;

import static dev.dowel.messaging.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.sql.Connection;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What a user sees of versions that are declared and that end, on the double and on a real broker alike. */
public abstract class VersionContract {
    /** A body. */
    public record Deleted(long id) {}

    /** The same event in another form. */
    public record Deleted2(String userId) {}

    private static final LocalDate LONG_AGO = LocalDate.of(2020, 1, 31);
    private static final LocalDate LATER = LocalDate.of(9999, 12, 31);
    private static final EventType<Deleted> V1 = EventType.of("user.deleted", "1.0.0", Deleted.class);
    private static final EventType<Deleted2> V2 = EventType.of("user.deleted", "2.0.0", Deleted2.class);
    private static final Inbox INBOX = (consumer, id, work) -> {
        work.run((Connection) null);
        return true;
    };

    private final String exchange = "events-" + UUID.randomUUID();
    private final String queue = "q-" + UUID.randomUUID();
    private final Logger logger = (Logger) LoggerFactory.getLogger(Messaging.class);
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private Messaging messaging;

    /** Makes messaging that is not started and has declared these on the exchange, in this order. */
    protected abstract Messaging messaging(String exchange, EventType<?>... declared);

    @BeforeEach
    void start() {
        log.list = new CopyOnWriteArrayList<>();
        log.start();
        logger.addAppender(log);
        messaging = messaging(exchange, V1.deprecated(LATER), V2);
    }

    @AfterEach
    void stop() {
        messaging.close();
        logger.detachAppender(log);
    }

    @Test
    void the_contract_is_what_was_declared_and_what_is_subscribed() {
        VersionRange first = VersionRange.parse("^1.0.0");
        Subscription some = messaging
                .subscribe(queue + "-b")
                .bind(exchange, "user.renamed", first)
                .on(exchange, V1, (body, delivery) -> {})
                .on(exchange, V2, (body, delivery) -> {})
                .idempotent(INBOX.byEvent())
                .start();
        messaging.subscribe(queue + "-a").bind(exchange, "user.deleted", first).handler(Deleted.class, (body, d) -> {});

        Contract contract = messaging.contract();

        assertThat(contract.published())
                .containsExactly(
                        new Contract.Published(exchange, V1.deprecated(LATER)), new Contract.Published(exchange, V2));
        assertThat(contract.consumed())
                .containsExactly(
                        new Contract.Consumed(
                                queue + "-a",
                                List.of(new Contract.Binding(
                                        exchange, "user.deleted", first, Optional.of(Deleted.class)))),
                        new Contract.Consumed(
                                queue + "-b",
                                List.of(
                                        new Contract.Binding(exchange, "user.renamed", first, Optional.empty()),
                                        new Contract.Binding(
                                                exchange, "user.deleted", first, Optional.of(Deleted.class)),
                                        new Contract.Binding(
                                                exchange,
                                                "user.deleted",
                                                VersionRange.parse("^2.0.0"),
                                                Optional.of(Deleted2.class)))));
        assertThat(contract.consumed().get(0).bindings().get(0).routingKeys()).containsExactly("user.deleted.1.*.*");
        some.close();
        assertThat(messaging.contract().consumed())
                .extracting(Contract.Consumed::queue)
                .containsExactly(queue + "-a");
    }

    @Test
    void an_event_is_declared_once_in_each_version_and_exchange() {
        assertThatThrownBy(() -> messaging(exchange, V1, V2, V1.deprecated(LATER)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("user.deleted.1.0.0 is declared already");
        assertThatThrownBy(() -> messaging("", V1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void consumers_of_a_version_that_will_end_are_told_once_and_handle_it_as_ever() {
        connect();
        List<Optional<String>> handled = new CopyOnWriteArrayList<>();
        List<Deleted2> handledNew = new CopyOnWriteArrayList<>();
        started(messaging
                .subscribe(queue)
                .bind(exchange, "user.deleted", VersionRange.parse("^1.0.0"))
                .retry(Duration.ofMillis(50))
                .handler(
                        Deleted.class,
                        (body, delivery) -> handled.add(
                                Optional.ofNullable(delivery.headers().get("message-sunset")))));
        started(messaging
                .subscribe(queue + "-2")
                .bind(exchange, "user.deleted", VersionRange.parse("^2.0.0"))
                .handler(Deleted2.class, (body, delivery) -> handledNew.add(body)));
        EventType<Deleted> ends = V1.deprecated(LATER);

        messaging.publisher(exchange).publishAndWait(Message.of(V1, new Deleted(1)));
        eventually(() -> assertThat(handled).containsExactly(Optional.empty()));
        assertThat(warnings()).isEmpty();
        for (int i = 2; i < 5; i++) {
            messaging
                    .publisher(exchange)
                    .publishAndWait(
                            MessageSet.create().add(ends, new Deleted(i)).add(V2, new Deleted2("" + i)));
        }

        eventually(() -> assertThat(handled).hasSize(4));
        eventually(() -> assertThat(handledNew).hasSize(3));
        assertThat(handled).endsWith(Optional.of("9999-12-31"));
        assertThat(warnings())
                .containsExactly(queue + " takes user.deleted in major 1, which ends on 9999-12-31: take a newer major,"
                        + " then unbind this one");
    }

    @Test
    void a_queue_that_skips_the_version_is_not_told() {
        connect();
        List<Deleted> handled = new CopyOnWriteArrayList<>();
        started(messaging
                .subscribe(queue)
                .bind(exchange, "user.deleted", VersionRange.parse("^1.2.0"))
                .handler(Deleted.class, (body, delivery) -> handled.add(body)));

        messaging.publisher(exchange).publishAndWait(Message.of(V1.deprecated(LATER), new Deleted(1)));
        messaging
                .publisher(exchange)
                .publishAndWait(Message.of(EventType.of("user.deleted", "1.2.0", Deleted.class), new Deleted(2)));

        eventually(() -> assertThat(handled).containsExactly(new Deleted(2)));
        assertThat(warnings()).isEmpty();
    }

    @Test
    void a_publisher_that_goes_on_after_the_end_is_told_once_for_each_version_and_not_kept_from_it() {
        connect();
        List<Deleted> handled = new CopyOnWriteArrayList<>();
        started(messaging
                .subscribe(queue)
                .bind(exchange, "user.deleted", VersionRange.parse("^1.0.0"))
                .handler(Deleted.class, (body, delivery) -> handled.add(body)));
        Message<Deleted> late = Message.of(V1.deprecated(LONG_AGO), new Deleted(7));

        messaging.publisher(exchange).publishAndWait(late);
        messaging.publisher(exchange).publishAndWait(late);
        messaging
                .publisher(exchange)
                .publish(late.encode(messaging.json()))
                .toCompletableFuture()
                .join();

        eventually(() -> assertThat(handled).hasSize(3));
        assertThat(warnings())
                .containsExactlyInAnyOrder(
                        "user.deleted.1.0.0 is still published, and was to end on 2020-01-31: see who is bound to it,"
                                + " then stop publishing it",
                        queue + " takes user.deleted in major 1, which was to end on 2020-01-31: take a newer major,"
                                + " then unbind this one");
    }

    private void connect() {
        messaging.start();
        assertThat(messaging.awaitConnected(Duration.ofSeconds(20))).isTrue();
    }

    private List<String> warnings() {
        return log.list.stream()
                .filter(event -> event.getLevel() == Level.WARN)
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }

    private static void started(Subscription subscription) {
        await().atMost(Duration.ofSeconds(30)).until(subscription::active);
    }
}
