package dev.dowel.messaging.outbox;

import static dev.dowel.messaging.Eventually.eventually;
import static dev.dowel.messaging.outbox.TestDatabase.execute;
import static dev.dowel.messaging.outbox.TestDatabase.query;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dowel.messaging.EventType;
import dev.dowel.messaging.Message;
import dev.dowel.messaging.VersionRange;
import dev.dowel.messaging.testing.InMemoryMessaging;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The SQL of the page for operations does what the page says. */
@ParameterizedClass
@EnumSource
class OperationsPageTest {
    private static final EventType<Long> DELETED = EventType.of("user.deleted", "1.0.0", Long.class);
    private static final Pattern BLOCK = Pattern.compile("^```sql\\n(.*?)^```", Pattern.DOTALL | Pattern.MULTILINE);
    private static final Pattern UPDATE = Pattern.compile("`(UPDATE [^`]*)`");

    @Parameter
    private TestDatabase kind;

    private final InMemoryMessaging messaging = new InMemoryMessaging();
    private final List<Long> handled = new CopyOnWriteArrayList<>();
    private DataSource database;
    private Outbox outbox;

    @BeforeEach
    void storeOneThatFailedAndOneThatDidNot() {
        database = kind.fresh();
        OutboxSchema.createIfMissing(database);
        messaging.start();
        messaging
                .subscribe("likes")
                .bind("events", "user.deleted", VersionRange.parse("^1.0.0"))
                .handler(Long.class, (body, delivery) -> handled.add(body));
        outbox = Outbox.builder(database)
                .publishWith(messaging)
                .pollInterval(Duration.ofMillis(50))
                .build();
        store(7);
        execute(
                database,
                "UPDATE messaging_outbox"
                        + " SET attempts = 9, last_error = 'UNROUTABLE: 9', next_attempt_at = '2037-01-01 00:00:00'");
        store(8);
    }

    @AfterEach
    void stop() {
        outbox.close();
        messaging.close();
    }

    @Test
    void the_query_shows_what_waits_for_its_next_attempt() throws IOException {
        List<Object> failed = query(database, "SELECT id FROM messaging_outbox WHERE attempts = 9");

        assertThat(onThePage(BLOCK))
                .isNotEmpty()
                .allSatisfy(sql -> assertThat(query(database, sql)).isEqualTo(failed));
    }

    @Test
    void the_update_brings_the_next_attempt_forward() throws IOException {
        outbox.start();
        eventually(() -> assertThat(handled).containsExactly(8L));
        Object id = query(database, "SELECT id FROM messaging_outbox WHERE attempts = 9")
                .get(0);

        List<String> updates = onThePage(UPDATE);
        assertThat(updates).isNotEmpty();
        updates.forEach(sql -> execute(database, sql.replace("...", id.toString())));

        eventually(() -> assertThat(handled).containsExactly(8L, 7L));
    }

    private void store(long user) {
        outbox.inTransaction(connection -> {
            outbox.enqueue(connection, "events", Message.of(DELETED, user));
            return null;
        });
    }

    private static List<String> onThePage(Pattern sql) throws IOException {
        return sql.matcher(Files.readString(Path.of("OPERATIONS.md")))
                .results()
                .map(match -> match.group(1).strip())
                .toList();
    }
}
