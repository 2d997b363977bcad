package dev.dowel.messaging.outbox;

import static dev.dowel.messaging.Eventually.eventually;
import static dev.dowel.messaging.outbox.TestDatabase.execute;
import static dev.dowel.messaging.outbox.TestDatabase.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.dowel.messaging.ConnectionState;
import dev.dowel.messaging.EventType;
import dev.dowel.messaging.Message;
import dev.dowel.messaging.Messaging;
import dev.dowel.messaging.Subscription;
import dev.dowel.messaging.VersionRange;
import dev.dowel.messaging.testing.InMemoryMessaging;
import dev.dowel.testservices.PostgreSql;
import dev.dowel.testservices.RabbitMq;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.slf4j.LoggerFactory;

/** Databases, relays and brokers that die or are away, and writers that wait for each other. */
class OutboxFaultTest {
    private static final EventType<Long> DELETED = EventType.of("user.deleted", "1.0.0", Long.class);

    private final List<Long> handled = new CopyOnWriteArrayList<>();
    private final Map<Long, String> ids = new ConcurrentHashMap<>();

    private Subscription subscribe(Messaging messaging) {
        return messaging
                .subscribe("likes")
                .bind("events", "user.deleted", VersionRange.parse("^1.0.0"))
                .handler(Long.class, (body, delivery) -> {
                    handled.add(body);
                    assertThat(delivery.messageId().orElseThrow())
                            .isEqualTo(ids.computeIfAbsent(
                                    body, first -> delivery.messageId().orElseThrow()));
                });
    }

    private static void store(Outbox outbox, long from, long to) {
        outbox.inTransaction(connection -> {
            for (long i = from; i < to; i++) {
                outbox.enqueue(connection, "events", Message.of(DELETED, i).key("k" + i % 40));
            }
            return null;
        });
    }

    private static Outbox outbox(DataSource database, Messaging messaging, Duration confirmTimeout) {
        return Outbox.builder(database)
                .publishWith(messaging)
                .pollInterval(Duration.ofMillis(100))
                .confirmTimeout(confirmTimeout)
                .build();
    }

    @Test
    void a_database_that_is_stopped_hard_in_mid_batch_costs_duplicates_of_that_batch_and_no_message() throws Exception {
        try (PostgreSql server = PostgreSql.start();
                InMemoryMessaging messaging = new InMemoryMessaging()) {
            PGSimpleDataSource database = new PGSimpleDataSource();
            database.setUrl(server.newDatabase());
            OutboxSchema.createIfMissing(database);
            messaging.start();
            subscribe(messaging);
            HeldConfirms held = new HeldConfirms(messaging);
            try (Outbox outbox = outbox(database, held.messaging(), Duration.ofMinutes(1))) {
                store(outbox, 0, 200);
                outbox.start();
                eventually(() -> assertThat(held.published()).isPositive());
                int sent = held.published();
                server.kill();
                held.letGo();
                eventually(() -> assertThat(outbox.health().lastError()).isPresent());
                server.restart();
                eventually(() -> assertThat(outbox.health().pending()).hasValue(0));
                // Eight of sixteen shards are a batch, with 155 of the rows at most; only the one under way is sent
                // again.
                assertThat(handled).hasSizeBetween(200 + 1, 200 + 155).hasSizeGreaterThanOrEqualTo(200 + sent);
                assertThat(handled)
                        .contains(
                                IntStream.range(0, 200).mapToObj(Long::valueOf).toArray(Long[]::new));
                eventually(() -> assertThat(outbox.health().lastError()).isEmpty());
            }
        }
    }

    @Test
    void a_database_that_is_stopped_hard_right_after_a_relays_commits_costs_no_message_and_no_order() throws Exception {
        try (PostgreSql server = PostgreSql.start();
                InMemoryMessaging messaging = new InMemoryMessaging()) {
            PGSimpleDataSource database = new PGSimpleDataSource();
            database.setUrl(server.newDatabase());
            OutboxSchema.createIfMissing(database);
            messaging.start();
            subscribe(messaging);
            try (Outbox outbox = Outbox.builder(database)
                    .publishWith(messaging)
                    .batchSize(8)
                    .pollInterval(Duration.ofMillis(100))
                    .build()) {
                store(outbox, 0, 2_000);
                outbox.start();
                eventually(() -> assertThat(handled).hasSizeGreaterThan(500));
                server.kill();
                server.restart();
                eventually(() -> assertThat(outbox.health().pending()).hasValue(0));
            }
            List<Long> first = handled.stream().distinct().toList();
            assertThat(first)
                    .containsExactlyInAnyOrder(
                            IntStream.range(0, 2_000).mapToObj(Long::valueOf).toArray(Long[]::new));
            for (long key = 0; key < 40; key++) {
                long of = key;
                assertThat(first.stream().filter(number -> number % 40 == of)).isSorted();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"POSTGRESQL", "MARIADB"})
    void a_relay_that_dies_in_mid_batch_is_replaced_by_another_that_runs(TestDatabase kind) {
        DataSource database = kind.fresh();
        OutboxSchema.createIfMissing(database);
        try (InMemoryMessaging messaging = new InMemoryMessaging()) {
            messaging.start();
            subscribe(messaging);
            HeldConfirms held = new HeldConfirms(messaging);
            try (Outbox dying = outbox(database, held.messaging(), Duration.ofMinutes(1));
                    Outbox other = outbox(database, messaging, Duration.ofMinutes(1))) {
                store(dying, 0, 400);
                dying.start();
                eventually(() -> assertThat(held.published()).isPositive());
                other.start();
                // All shards but those that the other holds.
                eventually(() -> assertThat(other.pending()).isBetween(1L, 399L));
                kill(kind, database);
                eventually(() -> assertThat(other.pending()).isZero());
                held.letGo();
            }
            assertThat(handled)
                    .contains(IntStream.range(0, 400).mapToObj(Long::valueOf).toArray(Long[]::new));
        }
    }

    /** Ends the connection that has held its locks for long, as the death of its process would. */
    private static void kill(TestDatabase kind, DataSource database) {
        String held = kind == TestDatabase.POSTGRESQL
                ? "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
                        + " AND state = 'idle in transaction' AND now() - state_change > interval '0.5 s'"
                : "SELECT p.id FROM information_schema.innodb_trx t JOIN information_schema.processlist p"
                        + " ON p.id = t.trx_mysql_thread_id WHERE p.db = database() AND p.command = 'Sleep'"
                        + " AND p.time_ms > 500";
        List<Object> found =
                await().atMost(Duration.ofSeconds(30)).until(() -> query(database, held), rows -> !rows.isEmpty());
        found.forEach(id -> {
            if (kind == TestDatabase.POSTGRESQL) {
                query(database, "SELECT pg_terminate_backend(" + id + ")");
            } else {
                execute(database, "KILL " + id);
            }
        });
    }

    @Test
    void while_the_broker_is_away_rows_are_stored_no_transaction_stays_open_and_one_line_warns() throws Exception {
        DataSource real = TestDatabase.POSTGRESQL.fresh();
        OutboxSchema.createIfMissing(real);
        AtomicInteger relaying = new AtomicInteger();
        DataSource database = HeldConfirms.proxy(DataSource.class, (method, arguments) -> {
            if (Thread.currentThread().getName().endsWith("outbox relay")) {
                relaying.incrementAndGet();
            }
            return HeldConfirms.call(real, method, arguments);
        });
        try (RabbitMq broker = RabbitMq.start();
                Messaging messaging =
                        Messaging.builder().uri(broker.uri().toString()).build();
                Outbox outbox = outbox(database, messaging, Duration.ofSeconds(10));
                java.sql.Connection watching = database.getConnection()) {
            messaging.start();
            Subscription subscription = subscribe(messaging);
            await().atMost(Duration.ofSeconds(60)).until(subscription::active);
            // A quorum queue younger than two seconds may lose what it confirmed; that is the broker's own fault.
            await().pollDelay(Duration.ofSeconds(2)).until(() -> true);
            outbox.start();
            store(outbox, 0, 100);
            eventually(() -> assertThat(handled).hasSizeGreaterThanOrEqualTo(100));

            eventually(() -> assertThat(outbox.pending()).isZero());

            ListAppender<ILoggingEvent> log = new ListAppender<>();
            log.start();
            Logger logger = (Logger) LoggerFactory.getLogger("dev.dowel.messaging");
            logger.addAppender(log);
            AtomicInteger stored = new AtomicInteger();
            try {
                broker.kill();
                await().atMost(Duration.ofSeconds(30))
                        .until(() -> messaging.health().publishing() != ConnectionState.CONNECTED);
                int before = relaying.get();
                long away = System.nanoTime();
                List<Double> ages = new ArrayList<>();
                // For longer than a publication may wait.
                await().atMost(Duration.ofSeconds(120))
                        .pollInterval(Duration.ofMillis(250))
                        .until(() -> {
                            int from = stored.addAndGet(20) + 80;
                            store(outbox, from, from + 20);
                            ages.add(oldestTransaction(watching));
                            return System.nanoTime() - away
                                    > Duration.ofSeconds(15).toNanos();
                        });
                assertThat(ages).allSatisfy(age -> assertThat(age).as("seconds").isLessThan(1.0));
                // One look may have been under way.
                assertThat(relaying.get() - before).as("looks of the relay").isLessThanOrEqualTo(1);
                assertThat(outbox.pending()).isEqualTo(stored.get());
                assertThat(log.list)
                        .filteredOn(line -> line.getLevel().isGreaterOrEqual(Level.WARN))
                        .extracting(ILoggingEvent::getFormattedMessage)
                        // The other connection has a line of its own, and so has the first attempt to connect.
                        .filteredOn(line ->
                                !line.startsWith("dowel consumer") && !line.contains("retrying in the background"))
                        .singleElement()
                        .asString()
                        .startsWith("dowel publisher: Lost the connection");
            } finally {
                logger.detachAppender(log);
            }

            broker.restart();
            await().atMost(Duration.ofSeconds(60)).until(() -> outbox.pending() == 0);
            await().atMost(Duration.ofSeconds(60)).until(() -> ids.size() == 100 + stored.get());
        }
    }

    private static double oldestTransaction(java.sql.Connection connection) throws Exception {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT coalesce(max(extract(epoch FROM clock_timestamp() - xact_start)), 0)"
                                + " FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")) {
            rows.next();
            return rows.getDouble(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void writers_that_lock_a_row_of_their_key_have_their_events_published_in_the_order_of_the_locks(TestDatabase kind)
            throws Exception {
        DataSource database = kind.fresh();
        OutboxSchema.createIfMissing(database);
        execute(database, "CREATE TABLE users (id bigint PRIMARY KEY, number bigint NOT NULL)");
        execute(database, "INSERT INTO users VALUES (0, 0), (1, 0), (2, 0)");
        Map<String, List<Long>> seen = new ConcurrentHashMap<>();
        ExecutorService writers = Executors.newFixedThreadPool(6);
        try (InMemoryMessaging messaging = new InMemoryMessaging();
                Outbox outbox = outbox(database, messaging, Duration.ofSeconds(10));
                Outbox other = outbox(database, messaging, Duration.ofSeconds(10))) {
            messaging.start();
            messaging
                    .subscribe("ordered")
                    .bind("events", "user.deleted", VersionRange.parse("^1.0.0"))
                    .handler(
                            Long.class,
                            (body, delivery) -> seen.computeIfAbsent(
                                            delivery.key().orElseThrow(), key -> new CopyOnWriteArrayList<>())
                                    .add(body));
            outbox.start();
            other.start();
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < 120; i++) {
                long user = i % 3;
                all.add(writers.submit(() -> write(outbox, user)));
            }
            for (Future<?> one : all) {
                one.get(60, TimeUnit.SECONDS);
            }
            eventually(() -> assertThat(outbox.pending()).isZero());
        } finally {
            writers.shutdownNow();
        }
        List<Long> inOrder =
                IntStream.rangeClosed(1, 40).mapToObj(Long::valueOf).toList();
        assertThat(seen)
                .hasSize(3)
                .allSatisfy((key, numbers) -> assertThat(numbers).isEqualTo(inOrder));
    }

    private static void write(Outbox outbox, long user) {
        outbox.inTransaction(connection -> {
            try (Statement statement = connection.createStatement()) {
                statement.executeUpdate("UPDATE users SET number = number + 1 WHERE id = " + user);
                try (ResultSet rows = statement.executeQuery("SELECT number FROM users WHERE id = " + user)) {
                    rows.next();
                    outbox.enqueue(
                            connection,
                            "events",
                            Message.of(DELETED, rows.getLong(1)).key("u" + user));
                }
            }
            return null;
        });
    }
}
