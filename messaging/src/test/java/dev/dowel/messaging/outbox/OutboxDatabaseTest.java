package dev.dowel.messaging.outbox;

import static dev.dowel.messaging.Eventually.eventually;
import static dev.dowel.messaging.outbox.TestDatabase.query;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dowel.messaging.EncodedMessage;
import dev.dowel.messaging.EventType;
import dev.dowel.messaging.Message;
import dev.dowel.messaging.VersionRange;
import dev.dowel.messaging.testing.InMemoryMessaging;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
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

/** What a database's settings and locks must not change. */
@ParameterizedClass
@EnumSource
class OutboxDatabaseTest {
    private static final EventType<Long> DELETED = EventType.of("user.deleted", "1.0.0", Long.class);

    @Parameter
    private TestDatabase kind;

    private final InMemoryMessaging messaging = new InMemoryMessaging();
    private final List<Long> handled = new CopyOnWriteArrayList<>();
    private DataSource database;

    @BeforeEach
    void start() throws Exception {
        database = kind.fresh();
        OutboxSchema.createIfMissing(database);
        messaging.start();
        messaging
                .subscribe("likes")
                .bind("events", "user.deleted", VersionRange.parse("^1.0.0"))
                .handler(Long.class, (body, delivery) -> handled.add(body));
    }

    @AfterEach
    void stop() {
        messaging.close();
    }

    private Outbox outbox(DataSource on) {
        return Outbox.builder(on)
                .publishWith(messaging)
                .pollInterval(Duration.ofMillis(50))
                .build();
    }

    @Test
    void keys_and_bodies_come_out_as_they_went_in() {
        List<String> keys = List.of("a", "A", "a ", "\uD83D\uDE00", "ä", "'", "%_");
        try (Outbox outbox = outbox(database)) {
            outbox.inTransaction(connection -> {
                for (String key : keys) {
                    outbox.enqueue(
                            connection,
                            "events",
                            Message.of(DELETED, 1L)
                                    .key(key)
                                    .header("tenant", key)
                                    .correlationId(key));
                }
                return null;
            });
            outbox.start();
            eventually(() -> assertThat(handled).hasSize(keys.size()));
        }
        assertThat(messaging.published("user.deleted.1.0.0"))
                .extracting(message -> message.key().orElseThrow())
                .containsExactlyInAnyOrderElementsOf(keys);
        assertThat(messaging.published("user.deleted.1.0.0"))
                .allSatisfy(
                        (EncodedMessage message) -> assertThat(message.headers().get("tenant"))
                                .isEqualTo(message.key().orElseThrow())
                                .isEqualTo(message.correlationId().orElseThrow()));
    }

    @Test
    void keys_that_differ_only_in_case_do_not_wait_for_each_other() {
        try (Outbox outbox = outbox(database)) {
            messaging.faults().nackNext();
            enqueue(outbox, 1, "a");
            outbox.start();
            eventually(() -> assertThat(query(database, "SELECT attempts FROM messaging_outbox"))
                    .containsExactly(1));
            TestDatabase.execute(
                    database, "UPDATE messaging_outbox SET next_attempt_at = timestamp '2100-01-01 00:00:00'");
            enqueue(outbox, 2, "a");
            enqueue(outbox, 3, "A");
            enqueue(outbox, 4, "a ");
            eventually(() -> assertThat(handled).containsExactlyInAnyOrder(3L, 4L));
            TestDatabase.execute(database, "UPDATE messaging_outbox SET next_attempt_at = NULL");
            eventually(() -> assertThat(handled).hasSize(4));
        }
    }

    @Test
    void relays_send_nothing_twice_though_the_service_works_at_a_stricter_isolation() {
        DataSource strict = at(Connection.TRANSACTION_REPEATABLE_READ);
        try (Outbox one = outbox(strict);
                Outbox two = outbox(strict);
                Outbox three = outbox(strict)) {
            one.start();
            two.start();
            three.start();
            for (int n = 0; n < 10; n++) {
                long first = n * 30L;
                one.inTransaction(connection -> {
                    for (long i = first; i < first + 30; i++) {
                        one.enqueue(connection, "events", Message.of(DELETED, i).key("k" + i % 20));
                    }
                    return null;
                });
            }
            eventually(() -> assertThat(one.pending()).isZero());
            assertThat(handled).hasSize(300).doesNotHaveDuplicates();
        }
    }

    @Test
    void rows_that_are_not_committed_hold_up_no_relay() throws Exception {
        try (Outbox outbox = outbox(database);
                Connection open = database.getConnection()) {
            open.setAutoCommit(false);
            for (long i = 0; i < 32; i++) {
                outbox.enqueue(open, "events", Message.of(DELETED, -i).key("k" + i));
            }
            outbox.start();
            for (int i = 0; i < 32; i++) {
                enqueue(outbox, i, "k" + i);
            }
            eventually(() -> assertThat(handled).hasSize(32));
            eventually(() -> assertThat(outbox.pending()).isZero());
            open.commit();
            eventually(() -> assertThat(handled).hasSize(64));
        }
    }

    @Test
    void a_connection_goes_back_to_the_pool_as_it_came() throws Exception {
        List<String> given = new CopyOnWriteArrayList<>();
        DataSource strict = at(Connection.TRANSACTION_SERIALIZABLE, given);
        try (Outbox outbox = outbox(strict)) {
            assertThat(outbox.pending()).isZero();
            outbox.health();
        }
        assertThat(given).hasSize(2).containsOnly("true " + Connection.TRANSACTION_SERIALIZABLE);
    }

    private DataSource at(int isolation) {
        return at(isolation, new CopyOnWriteArrayList<>());
    }

    /** Gives connections of another isolation and notes how they are when they come back. */
    private DataSource at(int isolation, List<String> returned) {
        return (DataSource) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> {
                    if (!method.getName().equals("getConnection")) {
                        return method.invoke(database, arguments);
                    }
                    Connection connection = database.getConnection();
                    connection.setTransactionIsolation(isolation);
                    return Proxy.newProxyInstance(
                            getClass().getClassLoader(), new Class<?>[] {Connection.class}, (self, call, given) -> {
                                if (call.getName().equals("close")) {
                                    returned.add(
                                            connection.getAutoCommit() + " " + connection.getTransactionIsolation());
                                    connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
                                }
                                try {
                                    return call.invoke(connection, given);
                                } catch (InvocationTargetException e) {
                                    throw e.getCause();
                                }
                            });
                });
    }

    private static void enqueue(Outbox outbox, long body, String key) {
        outbox.inTransaction(connection -> {
            outbox.enqueue(connection, "events", Message.of(DELETED, body).key(key));
            return null;
        });
    }
}
