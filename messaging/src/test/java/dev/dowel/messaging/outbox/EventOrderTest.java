package dev.dowel.messaging.outbox;

import static dev.dowel.messaging.Eventually.eventually;
import static dev.dowel.messaging.outbox.TestDatabase.execute;
import static dev.dowel.messaging.outbox.TestDatabase.query;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dowel.messaging.EventType;
import dev.dowel.messaging.Message;
import dev.dowel.messaging.VersionRange;
import dev.dowel.messaging.testing.InMemoryMessaging;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Messages that share an event id without being one set: they are in the order of their key like all others. */
@ParameterizedClass
@EnumSource
class EventOrderTest {
    private static final EventType<Long> DELETED = EventType.of("user.deleted", "1.0.0", Long.class);
    private static final EventType<Long> UNHEARD = EventType.of("user.renamed", "1.0.0", Long.class);

    @Parameter
    private TestDatabase kind;

    private final InMemoryMessaging messaging = new InMemoryMessaging();
    private final List<Long> handled = new CopyOnWriteArrayList<>();
    private DataSource database;
    private Outbox outbox;

    @BeforeEach
    void start() {
        database = kind.fresh();
        OutboxSchema.createIfMissing(database);
        outbox = Outbox.builder(database)
                .publishWith(messaging)
                .pollInterval(Duration.ofMillis(50))
                .build();
        messaging.start();
        messaging
                .subscribe("likes")
                .bind("events", "user.deleted", VersionRange.parse("^1.0.0"))
                .handler(Long.class, (body, delivery) -> handled.add(body));
    }

    @AfterEach
    void stop() {
        outbox.close();
        messaging.close();
    }

    @Test
    void one_between_two_of_another_event_stays_between_them() {
        store(
                Message.of(DELETED, 1L).eventId("first").key("k"),
                Message.of(DELETED, 2L).eventId("second").key("k"),
                Message.of(DELETED, 3L).eventId("first").key("k"));
        outbox.start();
        eventually(() -> assertThat(outbox.pending()).isZero());
        assertThat(handled).containsExactly(1L, 2L, 3L);
    }

    @Test
    void one_behind_another_event_waits_for_it_though_the_head_of_the_key_is_of_its_own_event() {
        store(
                Message.of(UNHEARD, 1L).eventId("first").key("k"),
                Message.of(DELETED, 2L).eventId("second").key("k"),
                Message.of(DELETED, 3L).eventId("first").key("k"));
        outbox.start();
        eventually(() -> assertThat(query(database, "SELECT id FROM messaging_outbox WHERE attempts > 0"))
                .hasSize(1));
        // The hashes of k and { differ by the number of shards, so all that is due goes out before this one.
        store(Message.of(DELETED, 4L).key("{"));
        eventually(() -> assertThat(handled).contains(4L));
        assertThat(handled).containsExactly(4L);
    }

    @Test
    void one_of_another_key_holds_up_its_own_key() {
        store(
                Message.of(DELETED, 1L).eventId("first").key("k"),
                Message.of(UNHEARD, 2L).eventId("first").key("{"),
                Message.of(DELETED, 3L).eventId("second").key("{"));
        outbox.start();
        eventually(() -> assertThat(query(database, "SELECT id FROM messaging_outbox WHERE attempts > 0"))
                .hasSize(1));
        assertThat(handled).containsExactly(1L);
    }

    @Test
    void one_on_another_exchange_waits_for_the_head_of_its_key() {
        store("audit", Message.of(DELETED, 1L).eventId("first").key("k"));
        store("events", Message.of(DELETED, 2L).eventId("first").key("k"));
        outbox.start();
        eventually(() -> assertThat(query(database, "SELECT id FROM messaging_outbox WHERE attempts > 0"))
                .hasSize(1));
        store(Message.of(DELETED, 4L).key("{"));
        eventually(() -> assertThat(handled).contains(4L));
        assertThat(handled).containsExactly(4L);
        execute(database, "DELETE FROM messaging_outbox WHERE exchange = 'audit'");
        eventually(() -> assertThat(handled).containsExactly(4L, 2L));
    }

    private void store(Message<?>... messages) {
        store("events", messages);
    }

    private void store(String exchange, Message<?>... messages) {
        outbox.inTransaction(connection -> {
            for (Message<?> message : messages) {
                outbox.enqueue(connection, exchange, message);
            }
            return null;
        });
    }
}
