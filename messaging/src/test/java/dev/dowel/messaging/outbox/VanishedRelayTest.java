package dev.dowel.messaging.outbox;

import static dev.dowel.messaging.outbox.TestDatabase.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dowel.messaging.EventType;
import dev.dowel.messaging.Message;
import dev.dowel.messaging.VersionRange;
import dev.dowel.messaging.testing.InMemoryMessaging;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A relay whose host has vanished: its connection is there for the database, and nothing is ever heard of it. */
class VanishedRelayTest {
    private static final EventType<Long> DELETED = EventType.of("user.deleted", "1.0.0", Long.class);

    private final InMemoryMessaging messaging = new InMemoryMessaging();
    private final List<Long> handled = new CopyOnWriteArrayList<>();

    @BeforeEach
    void start() {
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

    private static Outbox.Builder outbox(DataSource database) {
        return Outbox.builder(database)
                .pollInterval(Duration.ofMillis(100))
                .confirmTimeout(Duration.ofMinutes(1))
                // The publish timeout is 10 s more.
                .idleSlack(Duration.ofSeconds(-68));
    }

    private static void store(Outbox outbox, String key) {
        outbox.inTransaction(connection -> {
            outbox.enqueue(connection, "events", Message.of(DELETED, 7L).key(key));
            return null;
        });
    }

    @ParameterizedTest
    @EnumSource(names = {"POSTGRESQL", "MARIADB"})
    void the_database_takes_its_shard_back_and_another_relay_goes_on(TestDatabase kind) {
        DataSource database = kind.fresh();
        OutboxSchema.createIfMissing(database);
        HeldConfirms held = new HeldConfirms(messaging);
        try (Outbox vanished = outbox(database).publishWith(held.messaging()).build();
                Outbox other = outbox(database).publishWith(messaging).build()) {
            store(vanished, "k");
            vanished.start();
            await().atMost(Duration.ofSeconds(30)).until(() -> held.published() == 1);
            other.start();
            await().atMost(Duration.ofSeconds(30)).until(() -> other.pending() == 0);
            held.letGo();
        }
        assertThat(handled).hasSize(2).containsOnly(7L);
    }

    @ParameterizedTest
    @EnumSource(names = {"POSTGRESQL", "MARIADB"})
    void a_connection_of_a_pool_has_its_own_limit_again_when_it_comes_back(TestDatabase kind) throws Exception {
        boolean postgres = kind == TestDatabase.POSTGRESQL;
        String variable = postgres ? "idle_in_transaction_session_timeout" : "idle_transaction_timeout";

        Asked asked = relaying(
                kind,
                "SET SESSION " + variable + " = 7777",
                postgres ? "SHOW " + variable : "SELECT @@SESSION." + variable);

        assertThat(asked.atCommit()).hasSizeGreaterThan(1).containsOnly(postgres ? "2s" : "2");
        assertThat(asked.givenBack()).isNotEmpty().containsOnly(postgres ? "7777ms" : "7777");
    }

    @Test
    void a_relays_commit_does_not_wait_for_the_disk_and_the_pools_next_user_is_not_affected() throws Exception {
        Asked asked =
                relaying(TestDatabase.POSTGRESQL, "SET SESSION synchronous_commit = on", "SHOW synchronous_commit");

        assertThat(asked.atCommit()).hasSizeGreaterThan(1).containsOnly("off");
        assertThat(asked.givenBack()).isNotEmpty().containsOnly("on");
    }

    /** What a question was answered at each commit of a relay, and each time it gave its connection back. */
    private record Asked(List<String> atCommit, List<String> givenBack) {}

    private Asked relaying(TestDatabase kind, String first, String question) throws Exception {
        DataSource real = kind.fresh();
        OutboxSchema.createIfMissing(real);
        Asked asked = new Asked(new CopyOnWriteArrayList<>(), new CopyOnWriteArrayList<>());
        try (Connection pooled = real.getConnection()) {
            try (Statement statement = pooled.createStatement()) {
                statement.execute(first);
            }
            DataSource pool = HeldConfirms.proxy(
                    DataSource.class,
                    (outer, none) -> HeldConfirms.proxy(Connection.class, (method, arguments) -> {
                        if (method.getName().equals("close")) {
                            asked.givenBack().add(ask(pooled, question));
                            return null;
                        }
                        if (method.getName().equals("commit")) {
                            asked.atCommit().add(ask(pooled, question));
                        }
                        return HeldConfirms.call(pooled, method, arguments);
                    }));
            try (Outbox outbox = outbox(pool).publishWith(messaging).build();
                    Outbox writing = outbox(real).publishWith(messaging).build()) {
                for (int key = 0; key < 10; key++) {
                    store(writing, "in several shards " + key);
                }
                outbox.start();
                await().atMost(Duration.ofSeconds(30))
                        .until(() ->
                                query(real, "SELECT id FROM messaging_outbox").isEmpty());
            }
        }
        return asked;
    }

    private static String ask(Connection connection, String question) throws Exception {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(question)) {
            rows.next();
            return rows.getString(1);
        }
    }
}
