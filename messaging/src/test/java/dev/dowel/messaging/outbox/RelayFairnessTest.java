package dev.dowel.messaging.outbox;

import static dev.dowel.messaging.outbox.TestDatabase.execute;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dowel.messaging.ConnectionState;
import dev.dowel.messaging.EventType;
import dev.dowel.messaging.Message;
import dev.dowel.messaging.Messaging;
import dev.dowel.messaging.MessagingHealth;
import dev.dowel.messaging.VersionRange;
import dev.dowel.messaging.testing.InMemoryMessaging;
import java.sql.Connection;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Shards that always have rows, and the others. */
@ParameterizedClass
@EnumSource
class RelayFairnessTest {
    private static final EventType<Integer> DELETED = EventType.of("user.deleted", "1.0.0", Integer.class);
    private static final EventType<Integer> UNHEARD = EventType.of("user.renamed", "1.0.0", Integer.class);

    @Parameter
    private TestDatabase kind;

    private final InMemoryMessaging messaging = new InMemoryMessaging();
    private final Set<Integer> handled = ConcurrentHashMap.newKeySet();
    private DataSource database;
    private Outbox writing;

    @BeforeEach
    void start() {
        database = kind.fresh();
        OutboxSchema.createIfMissing(database);
        writing = Outbox.builder(database).publishWith(messaging).build();
        messaging.start();
        for (int shard = 0; shard < OutboxTable.SHARDS; shard++) {
            store(shard);
        }
    }

    @AfterEach
    void stop() {
        messaging.close();
    }

    private void store(int shard) {
        // The hash of a text of one character is the character.
        String key = Character.toString('0' + shard);
        writing.inTransaction(connection -> {
            writing.enqueue(connection, "events", Message.of(DELETED, shard).key(key));
            return null;
        });
    }

    /** Handles messages, and stores another row in the shard of each one below a limit. */
    private void refillBelow(int limit) {
        messaging
                .subscribe("likes")
                .bind("events", "user.deleted", VersionRange.parse("^1.0.0"))
                .handler(Integer.class, (shard, delivery) -> {
                    if (shard < limit) {
                        store(shard);
                    }
                    handled.add(shard);
                });
    }

    private Outbox relaying(Messaging with) {
        return Outbox.builder(database)
                .publishWith(with)
                .batchSize(1)
                .pollInterval(Duration.ofMillis(10))
                .build();
    }

    @Test
    void shards_that_always_have_rows_do_not_keep_the_others_waiting() {
        refillBelow(4);
        try (Outbox relaying = relaying(messaging)) {
            relaying.start();
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(handled).hasSize(OutboxTable.SHARDS));
        }
        assertThat(writing.pending()).isBetween(4L, 8L);
    }

    @Test
    void where_the_broker_goes_away_after_each_batch_every_shard_has_its_turn() {
        refillBelow(OutboxTable.SHARDS);
        AtomicInteger asked = new AtomicInteger();
        Messaging flapping = HeldConfirms.proxy(Messaging.class, (method, arguments) -> {
            Object result = HeldConfirms.call(messaging, method, arguments);
            return result instanceof MessagingHealth health && asked.incrementAndGet() % 2 == 0 ? away(health) : result;
        });
        try (Outbox relaying = relaying(flapping)) {
            relaying.start();
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(handled).hasSize(OutboxTable.SHARDS));
        }
    }

    @Test
    void a_row_behind_many_that_are_refused_does_not_wait_for_a_poll_for_each_batch_of_them() {
        refillBelow(0);
        for (int i = 1; i <= 20; i++) {
            String key = Character.toString('0' + i * OutboxTable.SHARDS);
            writing.inTransaction(connection -> {
                writing.enqueue(connection, "events", Message.of(UNHEARD, 0).key(key));
                return null;
            });
        }
        store(OutboxTable.SHARDS * 21);
        try (Outbox relaying = Outbox.builder(database)
                .publishWith(messaging)
                .batchSize(1)
                .pollInterval(Duration.ofMinutes(1))
                .build()) {
            relaying.start();
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(handled).contains(OutboxTable.SHARDS * 21));
        }
    }

    @Test
    void a_look_locks_only_shards_with_rows_so_that_another_relay_gets_what_comes_next() throws Exception {
        execute(database, "DELETE FROM messaging_outbox");
        store(3);
        try (Connection first = database.getConnection();
                Connection second = database.getConnection()) {
            first.setAutoCommit(false);
            second.setAutoCommit(false);
            first.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
            second.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
            assertThat(OutboxTable.lockShards(first, 0, OutboxTable.SHARDS, 4)).containsExactly(3);
            store(2);
            store(9);

            assertThat(OutboxTable.lockShards(second, 0, OutboxTable.SHARDS, 4)).containsExactly(2, 9);

            first.rollback();
            second.rollback();
        }
    }

    private static MessagingHealth away(MessagingHealth health) {
        return new MessagingHealth(
                ConnectionState.BACKING_OFF,
                health.consuming(),
                health.blockedSince(),
                health.inFlight(),
                health.consumersActive(),
                health.consumersWanted(),
                health.parked(),
                health.topologyProblems(),
                health.lastError());
    }
}
