package dev.dowel.messaging.outbox;

import static dev.dowel.messaging.Eventually.eventually;
import static dev.dowel.messaging.outbox.TestDatabase.execute;
import static dev.dowel.messaging.outbox.TestDatabase.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dowel.messaging.EventType;
import dev.dowel.messaging.Message;
import dev.dowel.messaging.VersionRange;
import dev.dowel.messaging.testing.InMemoryMessaging;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What those who run a service see of its outbox, and do about rows that are parked. */
@ParameterizedClass
@EnumSource
class OutboxOperationsTest {
    private static final EventType<Long> DELETED = EventType.of("user.deleted", "1.0.0", Long.class);

    @Parameter
    private TestDatabase kind;

    private final InMemoryMessaging messaging = new InMemoryMessaging();
    private final List<Long> handled = new CopyOnWriteArrayList<>();
    private final AtomicBoolean away = new AtomicBoolean();
    private DataSource database;
    private Outbox outbox;

    @BeforeEach
    void start() throws Exception {
        database = kind.fresh();
        OutboxSchema.createIfMissing(database);
        outbox = Outbox.builder(switchable(database))
                .publishWith(messaging)
                .pollInterval(Duration.ofMillis(100))
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

    private DataSource switchable(DataSource real) {
        return (DataSource) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> {
                    if (away.get()) {
                        throw new SQLException("The database is away\nDetail: (secret)=(1)");
                    }
                    return method.invoke(real, arguments);
                });
    }

    /** Stores a row that a relay has given up. */
    private void park(long body, String key) {
        enqueue(body, key);
        execute(
                database,
                "UPDATE messaging_outbox SET parked = true, attempts = 20, last_error = 'REFUSED: no'"
                        + " WHERE ordering_key = '" + key + "'");
    }

    private void enqueue(long body, String key) {
        outbox.inTransaction(connection -> {
            outbox.enqueue(connection, "events", Message.of(DELETED, body).key(key));
            return null;
        });
    }

    @Test
    void parked_rows_are_listed_oldest_first_with_what_an_operator_needs_and_without_the_body() {
        Instant before = Instant.now().minusSeconds(5);
        park(1, "a");
        park(2, "b");
        park(3, "c");
        enqueue(4, "d");

        List<ParkedRow> rows = outbox.parked(2);
        assertThat(rows).extracting(row -> row.key().orElseThrow()).containsExactly("a", "b");
        ParkedRow first = rows.get(0);
        assertThat(first.exchange()).isEqualTo("events");
        assertThat(first.routingKey()).isEqualTo("user.deleted.1.0.0");
        assertThat(first.attempts()).isEqualTo(20);
        assertThat(first.lastError()).isEqualTo("REFUSED: no");
        assertThat(first.messageId()).hasSize(36);
        assertThat(first.createdAt()).isBetween(before, Instant.now().plusSeconds(5));
        assertThatThrownBy(() -> outbox.parked(0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_parked_row_that_is_retried_goes_out_and_the_others_stay() {
        park(1, "a");
        park(2, "b");
        outbox.start();

        assertThat(outbox.retryParked(outbox.parked(1).get(0).id())).isTrue();
        eventually(() -> assertThat(handled).containsExactly(1L));
        assertThat(outbox.parked(10)).extracting(row -> row.key().orElseThrow()).containsExactly("b");
        assertThat(outbox.retryParked(-1)).isFalse();
    }

    @Test
    void a_retried_row_has_all_its_attempts_again() {
        park(1, "a");
        assertThat(outbox.retryParked(outbox.parked(1).get(0).id())).isTrue();
        assertThat(query(database, "SELECT attempts FROM messaging_outbox WHERE next_attempt_at IS NULL"))
                .containsExactly(0);
    }

    @Test
    void all_parked_rows_are_retried_however_many_they_are() {
        outbox.inTransaction(connection -> {
            for (long i = 0; i < 2_100; i++) {
                outbox.enqueue(connection, "events", Message.of(DELETED, i).key("k" + i % 50));
            }
            return null;
        });
        execute(database, "UPDATE messaging_outbox SET parked = true");
        assertThat(outbox.retryAllParked()).isEqualTo(2_100);
        assertThat(outbox.parked(1)).isEmpty();
        assertThat(outbox.retryAllParked()).isZero();
        outbox.start();
        eventually(() -> assertThat(handled).hasSize(2_100).doesNotHaveDuplicates());
    }

    @Test
    void rows_that_are_parked_again_at_once_are_retried_once_each() throws Exception {
        outbox.inTransaction(connection -> {
            for (long i = 0; i < 1_050; i++) {
                outbox.enqueue(connection, "events", Message.of(DELETED, i));
            }
            return null;
        });
        execute(database, "UPDATE messaging_outbox SET parked = true");
        AtomicInteger commits = new AtomicInteger();
        try (Connection real = database.getConnection()) {
            real.setAutoCommit(false);
            Connection parkingAgain = HeldConfirms.proxy(Connection.class, (method, arguments) -> {
                if (method.getName().equals("commit")) {
                    // More would go on for ever.
                    assertThat(commits.incrementAndGet()).isLessThanOrEqualTo(1_050);
                    try (Statement statement = real.createStatement()) {
                        statement.execute("UPDATE messaging_outbox SET parked = true WHERE parked = false");
                    }
                }
                return HeldConfirms.call(real, method, arguments);
            });
            assertThat(OutboxState.retryAll(parkingAgain)).isEqualTo(1_050);
        }
        assertThat(outbox.parked(10_000)).hasSize(1_050);
    }

    @Test
    void a_parked_row_that_is_discarded_is_gone_and_one_that_waits_cannot_be() {
        park(1, "a");
        enqueue(2, "b");
        long waiting = ((Number) query(database, "SELECT id FROM messaging_outbox WHERE parked = false")
                        .get(0))
                .longValue();

        assertThat(outbox.discardParked(outbox.parked(1).get(0).id())).isTrue();
        assertThat(outbox.discardParked(waiting)).isFalse();
        assertThat(outbox.retryParked(waiting)).isFalse();
        assertThat(outbox.parked(1)).isEmpty();
        assertThat(outbox.pending()).isEqualTo(1);
    }

    @Test
    void health_counts_what_waits_and_what_is_parked_and_says_how_long_the_oldest_has_waited() {
        OutboxHealth empty = outbox.health();
        assertThat(empty.pending()).hasValue(0);
        assertThat(empty.oldest()).isEmpty();
        assertThat(empty.parked()).hasValue(0);
        assertThat(empty.relaying()).isFalse();
        assertThat(empty.lastError()).isEmpty();

        park(1, "a");
        enqueue(2, "b");
        enqueue(3, "c");
        execute(
                database,
                "UPDATE messaging_outbox SET created_at = timestamp '2020-01-01 00:00:00'"
                        + " WHERE ordering_key = 'c'");
        OutboxHealth health = outbox.health();
        assertThat(health.pending()).hasValue(2);
        assertThat(health.parked()).hasValue(1);
        assertThat(health.oldest().orElseThrow()).isGreaterThan(Duration.ofDays(365));
    }

    @Test
    void shards_that_are_missing_are_told_and_the_others_served() {
        execute(database, "DELETE FROM messaging_outbox_shard WHERE shard = 1");
        // The hash of a text of one character is the character; there are 16 shards.
        enqueue(1, "1");
        enqueue(2, "2");
        outbox.start();
        eventually(() -> assertThat(outbox.health().lastError().orElse("none"))
                .contains("The table messaging_outbox_shard has 15 of its 16 rows"));
        eventually(() -> assertThat(handled).containsExactly(2L));

        execute(database, "DELETE FROM messaging_outbox_shard");
        assertThat(outbox.health().oldest()).isPresent();
        OutboxSchema.createIfMissing(database);
        eventually(() -> assertThat(handled).containsExactly(2L, 1L));
        eventually(() -> assertThat(outbox.health().lastError()).isEmpty());
    }

    @Test
    void health_counts_up_to_ten_thousand_and_one() {
        outbox.inTransaction(connection -> {
            for (long i = 0; i < 100; i++) {
                outbox.enqueue(connection, "events", Message.of(DELETED, i).key("k" + i));
            }
            return null;
        });
        for (int copies = 100; copies < 10_100; copies *= 11) {
            execute(
                    database,
                    "INSERT INTO messaging_outbox (shard, message_id, event_id, exchange, type, routing_key,"
                            + " content_type, headers, body, route) SELECT o.shard, o.message_id, o.event_id, o.exchange,"
                            + " o.type, o.routing_key, o.content_type, o.headers, o.body, o.route FROM messaging_outbox o"
                            + " CROSS JOIN (SELECT shard FROM messaging_outbox_shard WHERE shard < 10) more");
        }
        assertThat(outbox.pending()).isEqualTo(10_001);
        assertThat(outbox.health().pending()).hasValue(10_001);
    }

    @Test
    void health_answers_while_the_database_is_away_and_while_the_relay_fails() {
        outbox.start();
        eventually(() -> assertThat(outbox.health().relaying()).isTrue());
        away.set(true);
        eventually(() -> {
            OutboxHealth health = outbox.health();
            assertThat(health.pending()).isEmpty();
            assertThat(health.parked()).isEmpty();
            assertThat(health.oldest()).isEmpty();
            assertThat(health.relaying()).isTrue();
            assertThat(health.lastError().orElseThrow())
                    .contains("The database is away")
                    .doesNotContain("secret");
        });
        away.set(false);
        eventually(() -> {
            assertThat(outbox.health().lastError()).isEmpty();
            assertThat(outbox.health().pending()).hasValue(0);
        });
        outbox.close();
        assertThat(outbox.health().relaying()).isFalse();
    }
}
