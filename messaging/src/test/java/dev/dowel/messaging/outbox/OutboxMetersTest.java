package dev.dowel.messaging.outbox;

import static dev.dowel.messaging.outbox.TestDatabase.execute;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dowel.messaging.EventType;
import dev.dowel.messaging.Message;
import dev.dowel.messaging.VersionRange;
import dev.dowel.messaging.micrometer.MicrometerOutboxListener;
import dev.dowel.messaging.testing.InMemoryMessaging;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MockClock;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The meters of an outbox. */
@ParameterizedClass
@EnumSource
class OutboxMetersTest {
    private static final EventType<Long> DELETED = EventType.of("user.deleted", "1.0.0", Long.class);
    private static final EventType<Long> UNHEARD = EventType.of("user.renamed", "1.0.0", Long.class);

    @Parameter
    private TestDatabase kind;

    private final MockClock clock = new MockClock();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry(SimpleConfig.DEFAULT, clock);
    private final InMemoryMessaging messaging = new InMemoryMessaging();
    private final AtomicBoolean away = new AtomicBoolean();
    private final AtomicInteger connections = new AtomicInteger();
    private DataSource database;
    private Outbox outbox;

    @BeforeEach
    void start() {
        database = kind.fresh();
        OutboxSchema.createIfMissing(database);
        DataSource counting = HeldConfirms.proxy(DataSource.class, (method, arguments) -> {
            connections.incrementAndGet();
            if (away.get()) {
                throw new SQLException("The database is away");
            }
            return HeldConfirms.call(database, method, arguments);
        });
        outbox = Outbox.builder(counting)
                .publishWith(messaging)
                .pollInterval(Duration.ofMillis(50))
                .listener(new MicrometerOutboxListener(registry, Tags.of("database", "users")))
                .build();
        messaging.start();
        messaging
                .subscribe("likes")
                .bind("events", "user.deleted", VersionRange.parse("^1.0.0"))
                .handler(Long.class, (body, delivery) -> {});
    }

    @AfterEach
    void stop() {
        outbox.close();
        messaging.close();
    }

    private void store(Message<?> message) {
        outbox.inTransaction(connection -> {
            outbox.enqueue(connection, "events", message);
            return null;
        });
    }

    private double gauge(String name) {
        return registry.get("messaging.outbox." + name)
                .tag("database", "users")
                .gauge()
                .value();
    }

    private double counter(String name, String... tags) {
        return registry.get("messaging.outbox." + name).tags(tags).counter().count();
    }

    @Test
    void what_waits_and_what_is_parked_is_there_from_the_start_and_asked_for_once_in_five_seconds() {
        store(Message.of(DELETED, 1L).key("a"));
        store(Message.of(DELETED, 2L).key("b"));
        store(Message.of(DELETED, 3L).key("c"));
        execute(database, "UPDATE messaging_outbox SET parked = true WHERE ordering_key = 'a'");
        execute(
                database,
                "UPDATE messaging_outbox SET created_at = timestamp '2020-01-01 00:00:00' WHERE ordering_key = 'b'");

        connections.set(0);
        assertThat(gauge("pending")).isEqualTo(2);
        assertThat(gauge("parked")).isEqualTo(1);
        assertThat(gauge("oldest.age")).isGreaterThan(31_536_000.0);
        execute(database, "DELETE FROM messaging_outbox");
        clock.add(Duration.ofMillis(4_999));
        assertThat(gauge("pending")).isEqualTo(2);
        assertThat(connections).hasValue(1);

        clock.add(Duration.ofMillis(1));
        assertThat(gauge("pending")).isZero();
        assertThat(gauge("parked")).isZero();
        assertThat(gauge("oldest.age")).isZero();
        assertThat(connections).hasValue(2);
    }

    @Test
    void while_the_database_is_away_what_it_would_say_is_not_a_number() {
        away.set(true);
        assertThat(gauge("pending")).isNaN();
        assertThat(gauge("parked")).isNaN();
        assertThat(gauge("oldest.age")).isNaN();
        assertThat(counter("relayed")).isZero();
    }

    @Test
    void who_waits_for_an_answer_of_the_database_parks_so_that_a_virtual_thread_holds_no_other() throws Exception {
        MicrometerOutboxListener listener = new MicrometerOutboxListener(registry, Tags.of("database", "slow"));
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        OutboxHealth health = outbox.health();
        listener.attached(() -> {
            asked.countDown();
            try {
                answer.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return health;
        });
        Gauge gauge =
                registry.get("messaging.outbox.pending").tag("database", "slow").gauge();
        Thread first = new Thread(gauge::value);
        Thread second = new Thread(gauge::value);
        first.start();
        try {
            asked.await();
            second.start();
            await().atMost(Duration.ofSeconds(30)).until(() -> second.getState() == Thread.State.WAITING);
        } finally {
            answer.countDown();
            first.join();
            second.join();
        }
    }

    @Test
    void what_went_out_and_what_did_not_is_counted() {
        for (long i = 0; i < 20; i++) {
            store(Message.of(DELETED, i).key("same"));
        }
        store(Message.of(UNHEARD, 20L));
        outbox.start();
        await().atMost(Duration.ofSeconds(30)).ignoreExceptions().untilAsserted(() -> {
            assertThat(counter("relayed")).isEqualTo(20);
            assertThat(counter("failed", "reason", "unroutable")).isEqualTo(1);
        });
        assertThat(registry.get("messaging.outbox.batch.size").summary().totalAmount())
                .isEqualTo(21);
        assertThat(registry.get("messaging.outbox.batch.size").summary().max()).isBetween(20.0, 21.0);
    }

    @Test
    void a_listener_that_fails_stops_nothing() {
        try (Outbox other = Outbox.builder(database)
                .publishWith(messaging)
                .pollInterval(Duration.ofMillis(50))
                .listener(new OutboxListener() {
                    @Override
                    public void relayed(Batch batch) {
                        throw new IllegalStateException("on purpose");
                    }
                })
                .build()) {
            other.start();
            store(Message.of(DELETED, 1L));
            store(Message.of(DELETED, 2L));
            await().atMost(Duration.ofSeconds(30)).until(() -> other.pending() == 0);
            assertThat(other.health().lastError()).isEmpty();
        }
    }
}
