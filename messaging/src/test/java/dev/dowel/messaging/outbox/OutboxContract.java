package dev.dowel.messaging.outbox;

import static dev.dowel.messaging.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.dowel.messaging.EncodedMessage;
import dev.dowel.messaging.EventType;
import dev.dowel.messaging.Message;
import dev.dowel.messaging.MessageSet;
import dev.dowel.messaging.RouteRequirement;
import dev.dowel.messaging.VersionRange;
import dev.dowel.messaging.testing.InMemoryMessaging;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What outbox and inbox promise, on every database. */
abstract class OutboxContract {
    /** A body. */
    record Deleted(long id) {}

    private static final EventType<Deleted> V1 = EventType.of("user.deleted", "1.0.0", Deleted.class);
    private static final EventType<Deleted> V2 = EventType.of("user.deleted", "2.0.0", Deleted.class);
    private static final EventType<Deleted> OTHER = EventType.of("user.renamed", "1.0.0", Deleted.class);

    private final InMemoryMessaging messaging = new InMemoryMessaging();
    private final List<Deleted> handled = Collections.synchronizedList(new ArrayList<>());
    private final List<AutoCloseable> open = new ArrayList<>();
    private DataSource database;
    private Outbox outbox;

    /** Returns a database of the test's own. */
    protected abstract DataSource freshDatabase() throws Exception;

    @BeforeEach
    void start() throws Exception {
        database = freshDatabase();
        OutboxSchema.createIfMissing(database);
        OutboxSchema.createIfMissing(database);
        execute("CREATE TABLE users (id bigint PRIMARY KEY)");
        outbox = outbox();
        messaging.start();
        messaging
                .subscribe("likes")
                .bind("events", "user.deleted", VersionRange.parse("^1.0.0"))
                .handler(Deleted.class, (body, delivery) -> handled.add(body));
    }

    private Outbox outbox() {
        Outbox made = Outbox.builder(database)
                .publishWith(messaging)
                .pollInterval(Duration.ofMillis(100))
                .build();
        open.add(made);
        return made;
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable one : open) {
            one.close();
            one.close();
        }
    }

    @Test
    void what_is_committed_is_published_once_and_its_row_is_gone() throws Exception {
        outbox.start();
        String result = outbox.inTransaction(connection -> {
            insertUser(connection, 1);
            outbox.enqueue(
                    connection,
                    "events",
                    Message.of(V1, new Deleted(1)).key("1").header("traceparent", "t"));
            return "done";
        });

        assertThat(result).isEqualTo("done");
        eventually(() -> assertThat(outbox.pending()).isZero());
        assertThat(handled).containsExactly(new Deleted(1));
        EncodedMessage sent = messaging.published("user.deleted.1.0.0").get(0);
        assertThat(sent.key()).contains("1");
        assertThat(sent.headers()).containsEntry("traceparent", "t").containsEntry("event-id", sent.eventId());
        assertThat(count("users")).isEqualTo(1);
    }

    @Test
    void what_is_rolled_back_leaves_neither_row_nor_message() {
        outbox.start();
        assertThatThrownBy(() -> outbox.inTransaction(connection -> {
                    insertUser(connection, 1);
                    outbox.enqueue(connection, "events", Message.of(V1, new Deleted(1)));
                    throw new IllegalStateException("on purpose");
                }))
                .hasMessage("on purpose");

        assertThat(outbox.pending()).isZero();
        assertThat(count("users")).isZero();
        outbox.inTransaction(connection -> {
            outbox.enqueue(connection, "events", Message.of(V1, new Deleted(2)));
            return null;
        });
        eventually(() -> assertThat(handled).containsExactly(new Deleted(2)));
    }

    @Test
    void a_connection_that_commits_by_itself_is_refused() throws Exception {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(true);
            assertThatThrownBy(() -> outbox.enqueue(connection, "events", Message.of(V1, new Deleted(1))))
                    .isInstanceOf(OutboxException.class)
                    .hasMessageContaining("setAutoCommit(false)");
        }
        assertThat(outbox.pending()).isZero();
    }

    @Test
    void a_refused_message_keeps_its_row_says_why_and_goes_out_later() {
        messaging.faults().nackNext();
        outbox.start();
        enqueue(Message.of(V1, new Deleted(1)));

        eventually(() -> assertThat(query("SELECT last_error FROM messaging_outbox WHERE attempts = 1"))
                .singleElement()
                .asString()
                .startsWith("NACKED: "));
        assertThat(handled).isEmpty();
        execute("UPDATE messaging_outbox SET next_attempt_at = null");
        outbox.wake();
        eventually(() -> assertThat(handled).containsExactly(new Deleted(1)));
        eventually(() -> assertThat(outbox.pending()).isZero());
    }

    @Test
    void a_lower_id_that_is_committed_later_is_found() throws Exception {
        outbox.start();
        try (Connection late = database.getConnection()) {
            late.setAutoCommit(false);
            outbox.enqueue(late, "events", Message.of(V1, new Deleted(1)).key("a"));
            enqueue(Message.of(V1, new Deleted(2)).key("b"));
            eventually(() -> assertThat(handled).containsExactly(new Deleted(2)));
            late.commit();
        }
        eventually(() -> assertThat(handled).containsExactly(new Deleted(2), new Deleted(1)));
    }

    @Test
    void order_per_key_holds_when_messages_are_refused_in_between() {
        Map<String, List<Long>> byKey = new HashMap<>();
        AtomicInteger n = new AtomicInteger();
        messaging
                .subscribe("ordered")
                .bind("events", "user.renamed", VersionRange.parse("^1.0.0"))
                .handler(Deleted.class, (body, delivery) -> {
                    if (n.incrementAndGet() % 7 == 0) {
                        messaging.faults().nackNext();
                    }
                    byKey.computeIfAbsent(delivery.key().orElseThrow(), key -> new ArrayList<>())
                            .add(body.id());
                });
        for (int i = 0; i < 200; i++) {
            enqueue(Message.of(OTHER, new Deleted(i)).key("k" + i % 20));
        }
        outbox.start();
        // The relay works on the same rows, so an update of ours may be the victim of a deadlock: then the next one
        // does.
        await().atMost(Duration.ofSeconds(60)).ignoreExceptions().until(() -> {
            execute("UPDATE messaging_outbox SET next_attempt_at = null WHERE next_attempt_at IS NOT NULL");
            outbox.wake();
            return outbox.pending() == 0;
        });
        assertThat(byKey)
                .hasSize(20)
                // The victim may be the relay too: then its batch is sent again.
                .allSatisfy((key, ids) ->
                        assertThat(ids.stream().distinct()).hasSize(10).isSorted());
    }

    @Test
    void a_key_waits_behind_its_refused_head_and_others_do_not() {
        messaging.faults().nackNext();
        enqueue(Message.of(V1, new Deleted(1)).key("a"));
        outbox.start();
        eventually(
                () -> assertThat(query("SELECT attempts FROM messaging_outbox")).containsExactly(1));
        execute("UPDATE messaging_outbox SET next_attempt_at = timestamp '2100-01-01 00:00:00'");
        enqueue(Message.of(V1, new Deleted(2)).key("a"));
        enqueue(Message.of(V1, new Deleted(3)).key("b"));

        eventually(() -> assertThat(handled).containsExactly(new Deleted(3)));
        execute("UPDATE messaging_outbox SET next_attempt_at = null");
        outbox.wake();
        eventually(() -> assertThat(handled).containsExactly(new Deleted(3), new Deleted(1), new Deleted(2)));
    }

    @Test
    void two_relays_send_nothing_twice() {
        for (int i = 0; i < 500; i++) {
            enqueue(Message.of(V1, new Deleted(i)).key("k" + i % 50));
        }
        outbox.start();
        outbox().start();
        eventually(() -> assertThat(outbox.pending()).isZero());
        assertThat(handled).hasSize(500).doesNotHaveDuplicates();
    }

    @Test
    void while_the_broker_is_away_rows_are_stored_and_they_drain_when_it_is_back() throws Exception {
        outbox.start();
        messaging.faults().dropConnections();
        for (int i = 0; i < 100; i++) {
            enqueue(Message.of(V1, new Deleted(i)));
        }
        assertThat(outbox.pending()).isEqualTo(100);
        assertThat(handled).isEmpty();
        assertThat(openTransactions()).isZero();
        messaging.faults().restoreConnections();
        eventually(() -> assertThat(handled).hasSize(100).doesNotHaveDuplicates());
        eventually(() -> assertThat(outbox.pending()).isZero());
        assertThat(query("SELECT attempts FROM messaging_outbox")).isEmpty();
    }

    @Test
    void an_unroutable_row_stays_and_holds_up_nobody() {
        enqueue(Message.of(OTHER, new Deleted(0)).key("nobody-listens"));
        for (int i = 1; i <= 100; i++) {
            enqueue(Message.of(V1, new Deleted(i)));
        }
        outbox.start();
        eventually(() -> assertThat(handled).hasSize(100));
        eventually(() -> assertThat(query("SELECT last_error FROM messaging_outbox WHERE attempts > 0"))
                .singleElement()
                .asString()
                .startsWith("UNROUTABLE: "));
        assertThat(outbox.pending()).isEqualTo(1);
    }

    @Test
    void of_a_set_one_form_must_arrive_and_the_others_may_have_no_listener() {
        outbox.start();
        outbox.inTransaction(connection -> {
            outbox.enqueue(
                    connection,
                    "events",
                    MessageSet.of("evt")
                            .add(V1, new Deleted(1))
                            .add(V2, new Deleted(1))
                            .key("1"));
            return null;
        });
        eventually(() -> assertThat(outbox.pending()).isZero());
        assertThat(handled).containsExactly(new Deleted(1));
    }

    @Test
    void a_set_that_has_arrived_on_one_exchange_must_arrive_on_another_too() {
        outbox.start();
        MessageSet set = MessageSet.of("evt").add(V1, new Deleted(1)).add(V2, new Deleted(1));
        outbox.inTransaction(connection -> {
            outbox.enqueue(connection, "events", set);
            outbox.enqueue(connection, "audit", set);
            return null;
        });
        eventually(() -> assertThat(query("SELECT route FROM messaging_outbox WHERE attempts > 0"))
                .containsExactly("ANY", "ANY"));
        assertThat(outbox.pending()).isEqualTo(2);
        messaging
                .subscribe("audit")
                .bind("audit", "user.deleted", VersionRange.parse("^2.0.0"))
                .handler(Deleted.class, (body, delivery) -> handled.add(new Deleted(2)));
        execute("UPDATE messaging_outbox SET next_attempt_at = null");
        outbox.wake();
        eventually(() -> assertThat(handled).containsExactly(new Deleted(1), new Deleted(2)));
        eventually(() -> assertThat(outbox.pending()).isZero());
    }

    @Test
    void a_set_that_must_arrive_in_all_forms_keeps_the_one_without_a_listener() {
        outbox.start();
        outbox.inTransaction(connection -> {
            outbox.enqueue(
                    connection,
                    "events",
                    MessageSet.of("evt")
                            .add(V1, new Deleted(1))
                            .add(V2, new Deleted(1))
                            .requireRoute(RouteRequirement.ALL));
            return null;
        });
        eventually(() -> assertThat(query("SELECT routing_key FROM messaging_outbox WHERE attempts > 0"))
                .containsExactly("user.deleted.2.0.0"));
        assertThat(handled).containsExactly(new Deleted(1));
    }

    @Test
    void a_form_that_was_refused_need_not_be_routed_once_another_has_arrived() {
        messaging.faults().nackNext();
        outbox.start();
        outbox.inTransaction(connection -> {
            outbox.enqueue(
                    connection,
                    "events",
                    MessageSet.of("evt").add(V2, new Deleted(1)).add(V1, new Deleted(1)));
            return null;
        });
        eventually(() -> assertThat(query("SELECT route FROM messaging_outbox WHERE attempts = 1"))
                .containsExactly("NONE"));
        execute("UPDATE messaging_outbox SET next_attempt_at = null");
        outbox.wake();
        eventually(() -> assertThat(outbox.pending()).isZero());
    }

    @Test
    void an_inbox_runs_the_handler_once_and_its_writes_commit_with_the_memory() throws Exception {
        JdbcInbox inbox = JdbcInbox.of(database);
        assertThat(inbox.once("likes", "m1", connection -> insertUser(connection, 1)))
                .isTrue();
        assertThat(inbox.once("likes", "m1", connection -> insertUser(connection, 2)))
                .isFalse();
        assertThat(inbox.once("other", "m1", connection -> insertUser(connection, 3)))
                .isTrue();
        assertThat(count("users")).isEqualTo(2);
    }

    @Test
    void an_inbox_forgets_what_a_failed_handler_wrote() throws Exception {
        JdbcInbox inbox = JdbcInbox.of(database);
        assertThatThrownBy(() -> inbox.once("likes", "m1", connection -> {
                    insertUser(connection, 1);
                    throw new IllegalStateException("on purpose");
                }))
                .hasMessage("on purpose");
        assertThat(count("users")).isZero();
        assertThat(inbox.once("likes", "m1", connection -> insertUser(connection, 1)))
                .isTrue();
    }

    @Test
    void a_duplicate_at_the_same_time_waits_and_is_dropped_if_the_first_commits() throws Exception {
        assertThat(second(false)).isFalse();
        assertThat(count("users")).isEqualTo(1);
    }

    @Test
    void a_duplicate_at_the_same_time_waits_and_runs_if_the_first_rolls_back() throws Exception {
        assertThat(second(true)).isTrue();
        assertThat(count("users")).isEqualTo(1);
    }

    /** Runs two handlers with one id at once; returns whether the second ran. */
    private boolean second(boolean firstFails) throws Exception {
        JdbcInbox inbox = JdbcInbox.of(database);
        CountDownLatch firstRuns = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        CompletableFuture<Boolean> first = CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return inbox.once("likes", "m1", connection -> {
                            insertUser(connection, 1);
                            firstRuns.countDown();
                            assertThat(goOn.await(20, TimeUnit.SECONDS)).isTrue();
                            if (firstFails) {
                                throw new IllegalStateException("on purpose");
                            }
                        });
                    } catch (Exception e) {
                        return false;
                    }
                },
                OutboxContract::onOwnThread);
        assertThat(firstRuns.await(20, TimeUnit.SECONDS)).isTrue();
        CountDownLatch asked = new CountDownLatch(1);
        CompletableFuture<Boolean> other = CompletableFuture.supplyAsync(
                () -> {
                    asked.countDown();
                    try {
                        return inbox.once("likes", "m1", connection -> insertUser(connection, 2));
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                },
                OutboxContract::onOwnThread);
        assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(other).isNotDone();
        goOn.countDown();
        assertThat(first.get(20, TimeUnit.SECONDS)).isEqualTo(!firstFails);
        return other.get(20, TimeUnit.SECONDS);
    }

    /** The common pool may have a single thread, and both tasks wait. */
    private static void onOwnThread(Runnable task) {
        new Thread(task).start();
    }

    @Test
    void old_ids_are_purged_in_batches() throws Exception {
        JdbcInbox inbox = JdbcInbox.of(database);
        execute("INSERT INTO messaging_inbox (consumer, message_id, received_at) SELECT 'likes', concat('m', u),"
                + " timestamp '2000-01-01 00:00:00' FROM (" + numbers(2_500) + ") numbers");
        execute("INSERT INTO messaging_inbox (consumer, message_id) VALUES ('likes', 'new')");
        assertThat(inbox.purge(Duration.ofDays(7))).isEqualTo(2_500);
        assertThat(count("messaging_inbox")).isEqualTo(1);
    }

    /** Returns a query that gives the numbers from 1 on. */
    protected abstract String numbers(int count);

    /** Returns how many transactions are open on the database beside the one that asks. */
    protected abstract int openTransactions() throws Exception;

    private void enqueue(Message<?> message) {
        outbox.inTransaction(connection -> {
            outbox.enqueue(connection, "events", message);
            return null;
        });
    }

    private static void insertUser(Connection connection, long id) throws SQLException {
        try (Statement insert = connection.createStatement()) {
            insert.executeUpdate("INSERT INTO users (id) VALUES (" + id + ")");
        }
    }

    private int count(String table) {
        return ((Number) query("SELECT count(*) FROM " + table).get(0)).intValue();
    }

    protected final List<Object> query(String sql) {
        return TestDatabase.query(database, sql);
    }

    private void execute(String sql) {
        TestDatabase.execute(database, sql);
    }
}
