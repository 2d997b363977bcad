package dev.dowel.messaging.outbox;

import static dev.dowel.messaging.outbox.TestDatabase.execute;
import static dev.dowel.messaging.outbox.TestDatabase.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What an inbox remembers and forgets, on every database. */
@ParameterizedClass
@EnumSource
class InboxTest {
    @Parameter
    private TestDatabase kind;

    private DataSource database;

    @BeforeEach
    void start() throws Exception {
        database = kind.fresh();
        OutboxSchema.createIfMissing(database);
    }

    @Test
    void what_is_older_than_the_retention_is_forgotten_in_the_background_and_the_rest_is_not() throws Exception {
        for (int row = 0; row < 2_500; row += 500) {
            StringBuilder values = new StringBuilder();
            for (int i = row; i < row + 500; i++) {
                values.append(i == row ? "" : ",")
                        .append("('likes', 'm")
                        .append(i)
                        .append("', timestamp '2000-01-01 00:00:00')");
            }
            execute(database, "INSERT INTO messaging_inbox (consumer, message_id, received_at) VALUES " + values);
        }
        try (JdbcInbox inbox =
                JdbcInbox.builder(database).retention(Duration.ofDays(1)).build()) {
            assertThat(inbox.once("likes", "new", connection -> {})).isTrue();
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(query(database, "SELECT message_id FROM messaging_inbox"))
                            .containsExactly("new"));
            assertThat(inbox.once("likes", "new", connection -> {})).isFalse();
        }
    }

    @Test
    void an_error_of_the_driver_does_not_end_forgetting() throws Exception {
        execute(
                database,
                "INSERT INTO messaging_inbox (consumer, message_id, received_at) VALUES"
                        + " ('likes', 'old', timestamp '2000-01-01 00:00:00')");
        AtomicInteger failures = new AtomicInteger();
        DataSource failing = HeldConfirms.proxy(DataSource.class, (method, arguments) -> {
            if (Thread.currentThread().getName().contains("cleaning") && failures.getAndIncrement() == 0) {
                throw new AssertionError("on purpose");
            }
            return HeldConfirms.call(database, method, arguments);
        });
        try (JdbcInbox inbox =
                JdbcInbox.builder(failing).retention(Duration.ofSeconds(1)).build()) {
            assertThat(inbox.once("likes", "new", connection -> {})).isTrue();
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(query(database, "SELECT message_id FROM messaging_inbox"))
                            .doesNotContain("old"));
        }
        assertThat(failures).hasValueGreaterThan(1);
    }

    @Test
    void a_row_that_another_cleaner_holds_is_left_and_nobody_waits_for_it() throws Exception {
        execute(
                database,
                "INSERT INTO messaging_inbox (consumer, message_id, received_at) VALUES"
                        + " ('likes', 'held', timestamp '2000-01-01 00:00:00'),"
                        + " ('likes', 'free', timestamp '2000-01-01 00:00:00')");
        JdbcInbox inbox = JdbcInbox.of(database);
        try (Connection other = database.getConnection();
                Statement hold = other.createStatement()) {
            other.setAutoCommit(false);
            hold.executeQuery(
                            "SELECT * FROM messaging_inbox WHERE consumer = 'likes' AND message_id = 'held' FOR UPDATE")
                    .close();
            CompletableFuture<Long> purged = new CompletableFuture<>();
            new Thread(() -> purged.complete(inbox.purge(Duration.ofDays(1)))).start();
            assertThat(purged).succeedsWithin(Duration.ofSeconds(30)).isEqualTo(1L);
            other.rollback();
        }
        assertThat(query(database, "SELECT message_id FROM messaging_inbox")).containsExactly("held");
    }

    @Test
    void ids_that_differ_in_case_in_a_trailing_space_or_beyond_the_first_plane_are_different() throws Exception {
        JdbcInbox inbox = JdbcInbox.of(database);
        for (String id : List.of("id", "ID", "id ", "\uD83D\uDE00", "\uD83D\uDE01", "ä", "a")) {
            assertThat(inbox.once("likes", id, connection -> {})).as(id).isTrue();
            assertThat(inbox.once("likes", id, connection -> {})).as(id).isFalse();
        }
        assertThat(inbox.once("LIKES", "id", connection -> {})).isTrue();
        inbox.close();
    }

    @Test
    void ids_that_do_not_fit_or_cannot_be_stored_are_told_apart_all_the_same() throws Exception {
        JdbcInbox inbox = JdbcInbox.of(database);
        String start = "x".repeat(64);
        for (String id : List.of(start, start + "1", start + "2", "y".repeat(100_000), "nul\0", "nul\0\0")) {
            assertThat(inbox.once("likes", id, connection -> {}))
                    .as("%d characters", id.length())
                    .isTrue();
            assertThat(inbox.once("likes", id, connection -> {}))
                    .as("%d characters again", id.length())
                    .isFalse();
        }
        inbox.close();
    }

    @Test
    void a_consumer_that_would_be_cut_is_refused() {
        JdbcInbox inbox = JdbcInbox.of(database);
        assertThatThrownBy(() -> inbox.once("q".repeat(256), "x", connection -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("255");
        assertThat(query(database, "SELECT message_id FROM messaging_inbox")).isEmpty();
    }

    @Test
    void of_many_duplicates_at_once_one_takes_effect_though_the_first_ones_roll_back() throws Exception {
        execute(database, "CREATE TABLE effects (n int)");
        JdbcInbox inbox = JdbcInbox.of(database);
        AtomicInteger tried = new AtomicInteger();
        CountDownLatch go = new CountDownLatch(1);
        ExecutorService threads = Executors.newFixedThreadPool(8);
        List<Future<Boolean>> all = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            all.add(threads.submit(() -> {
                go.await();
                return inbox.once("likes", "m1", connection -> {
                    try (Statement insert = connection.createStatement()) {
                        insert.executeUpdate("INSERT INTO effects VALUES (1)");
                    }
                    if (tried.incrementAndGet() <= 3) {
                        throw new IllegalStateException("on purpose");
                    }
                });
            }));
        }
        go.countDown();
        threads.shutdown();
        assertThat(threads.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        List<Object> outcomes = new ArrayList<>();
        for (Future<Boolean> one : all) {
            try {
                outcomes.add(one.get());
            } catch (ExecutionException e) {
                assertThat(e.getCause()).isNotInstanceOf(SQLException.class);
                outcomes.add(e.getCause().getMessage());
            }
        }
        assertThat(outcomes)
                .containsExactlyInAnyOrder("on purpose", "on purpose", "on purpose", true, false, false, false, false);
        assertThat(query(database, "SELECT n FROM effects")).hasSize(1);
        inbox.close();
    }
}
