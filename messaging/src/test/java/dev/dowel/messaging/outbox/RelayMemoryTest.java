package dev.dowel.messaging.outbox;

import static dev.dowel.messaging.outbox.TestDatabase.execute;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dowel.messaging.EncodedMessage;
import dev.dowel.messaging.EventType;
import dev.dowel.messaging.Message;
import dev.dowel.messaging.VersionRange;
import dev.dowel.messaging.testing.InMemoryMessaging;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Large messages, of which only so many may be in memory at once. */
@ParameterizedClass
@EnumSource
class RelayMemoryTest {
    private static final EventType<String> NAMED = EventType.of("user.named", "1.0.0", String.class);
    private static final int LARGE = 1_000_000;
    private static final int ROWS = 20;

    @Parameter
    private TestDatabase kind;

    private final InMemoryMessaging messaging = new InMemoryMessaging();
    private DataSource database;

    @BeforeEach
    void store() {
        database = kind.fresh();
        OutboxSchema.createIfMissing(database);
        messaging.start();
        try (Outbox outbox = Outbox.builder(database).publishWith(messaging).build()) {
            for (int i = 0; i < ROWS; i++) {
                String body = (char) ('a' + i) + "x".repeat(LARGE);
                outbox.inTransaction(connection -> {
                    outbox.enqueue(connection, "events", Message.of(NAMED, body).key("k"));
                    return null;
                });
            }
        }
    }

    @AfterEach
    void stop() {
        messaging.close();
    }

    @Test
    void a_batch_has_at_most_eight_mebibytes_and_the_rest_follows_at_once() {
        List<String> handled = new CopyOnWriteArrayList<>();
        messaging
                .subscribe("likes")
                .bind("events", "user.named", VersionRange.parse("^1.0.0"))
                .handler(String.class, (body, delivery) -> handled.add(body.substring(0, 1)));
        List<Integer> sizes = new CopyOnWriteArrayList<>();
        try (Outbox outbox = Outbox.builder(database)
                .publishWith(messaging)
                .pollInterval(Duration.ofMinutes(1))
                .listener(new OutboxListener() {
                    @Override
                    public void relayed(Batch batch) {
                        sizes.add(batch.rows());
                    }
                })
                .build()) {
            outbox.start();
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(handled).hasSize(ROWS));
        }
        // All have one key, and the last two of eight are left to the next batch.
        assertThat(sizes).containsExactly(8, 8, 8);
        assertThat(handled).isSorted();
    }

    @Test
    void one_row_goes_out_however_large_it_is() throws Exception {
        execute(database, "DELETE FROM messaging_outbox");
        List<Object> length = new ArrayList<>();
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            insert(connection, (int) DueRows.MOST_BYTES + 1);
            insert(connection, 1);
            DueRows due = DueRows.of(connection, List.of(0), 500, Instant.now());
            due.rows().forEach(row -> length.add(row.message().body().length));
            assertThat(due.more()).isTrue();
            connection.rollback();
        }
        assertThat(length).containsExactly((int) DueRows.MOST_BYTES + 1);
    }

    @Test
    void only_one_row_of_several_shards_goes_out_however_large_it_is() throws Exception {
        execute(database, "DELETE FROM messaging_outbox");
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            insert(connection, (int) DueRows.MOST_BYTES + 1);
            executeOn(connection, "UPDATE messaging_outbox SET shard = 1");
            insert(connection, (int) DueRows.MOST_BYTES + 1);
            DueRows due = DueRows.of(connection, List.of(0, 1), 500, Instant.now());
            assertThat(due.rows()).hasSize(1);
            assertThat(due.more()).isTrue();
            connection.rollback();
        }
    }

    private static void executeOn(Connection connection, String sql) throws Exception {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private void insert(Connection connection, int size) throws Exception {
        byte[] body = new byte[size];
        // Zeros would be escaped on their way to MariaDB, and be more than it takes.
        Arrays.fill(body, (byte) 'x');
        EncodedMessage model =
                messaging.publisher("events").encode(Message.of(NAMED, "a").key("0"));
        OutboxTable.insert(
                connection,
                "events",
                List.of(new EncodedMessage(
                        model.messageId(),
                        model.eventId(),
                        model.type(),
                        model.routingKey(),
                        model.key(),
                        model.correlationId(),
                        model.contentType(),
                        model.headers(),
                        body,
                        model.route())));
    }
}
