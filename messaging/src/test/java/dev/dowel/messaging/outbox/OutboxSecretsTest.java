package dev.dowel.messaging.outbox;

import static dev.dowel.messaging.outbox.TestDatabase.execute;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import dev.dowel.messaging.EventType;
import dev.dowel.messaging.Message;
import dev.dowel.messaging.MessageSet;
import dev.dowel.messaging.testing.InMemoryMessaging;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HexFormat;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/** What a database that refuses a row makes the outbox say: never what is in the row. */
@ParameterizedClass
@EnumSource
class OutboxSecretsTest {
    private static final EventType<String> V1 = EventType.of("user.named", "1.0.0", String.class);
    private static final EventType<String> V2 = EventType.of("user.named", "2.0.0", String.class);
    private static final String SECRET = "hidden";

    @Parameter
    private TestDatabase kind;

    private final InMemoryMessaging messaging = new InMemoryMessaging();
    private DataSource database;
    private Outbox outbox;

    @BeforeEach
    void start() {
        database = kind.fresh();
        OutboxSchema.createIfMissing(database);
        outbox = Outbox.builder(database).publishWith(messaging).build();
        messaging.start();
    }

    @AfterEach
    void stop() {
        outbox.close();
        messaging.close();
    }

    @Test
    void an_enqueue_that_fails_says_nothing_of_body_and_headers() {
        // Each database tells most of a row in another case.
        execute(
                database,
                switch (kind) {
                    case H2 -> "ALTER TABLE messaging_outbox ALTER COLUMN body varbinary(4)";
                    case POSTGRESQL, MARIADB ->
                        "ALTER TABLE messaging_outbox ADD CONSTRAINT refused CHECK (attempts > 0)";
                });
        OutboxException failure = catchThrowableOfType(OutboxException.class, this::store);
        assertSilent(stackTrace(failure));
        assertThat(failure)
                .cause()
                .isInstanceOfSatisfying(
                        SQLException.class,
                        e -> assertThat(e.getSQLState())
                                .isEqualTo(
                                        kind == TestDatabase.H2
                                                ? "22001"
                                                : kind == TestDatabase.POSTGRESQL ? "23514" : "23000"));
    }

    @Test
    void a_relay_that_fails_logs_nothing_of_body_and_headers() {
        store();
        execute(database, "ALTER TABLE messaging_outbox ADD CONSTRAINT refused CHECK (attempts < 1)");
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        Logger logger = (Logger) LoggerFactory.getLogger(Outbox.class);
        logger.addAppender(log);
        try {
            outbox.start();
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(outbox.health().lastError()).isPresent());
            outbox.close();
        } finally {
            logger.detachAppender(log);
        }
        assertThat(log.list)
                .filteredOn(line -> line.getThrowableProxy() != null)
                .isNotEmpty();
        log.list.forEach(line -> assertSilent(line.getFormattedMessage()
                + (line.getThrowableProxy() == null ? "" : ThrowableProxyUtil.asString(line.getThrowableProxy()))));
    }

    private void store() {
        outbox.inTransaction(connection -> {
            outbox.enqueue(
                    connection,
                    "events",
                    MessageSet.create()
                            .add(Message.of(V1, SECRET).header("session", SECRET))
                            .add(Message.of(V2, SECRET).header("session", SECRET)));
            return null;
        });
    }

    private static String stackTrace(Throwable failure) {
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    private static void assertSilent(String text) {
        assertThat(text)
                .doesNotContain(SECRET)
                .doesNotContainIgnoringCase(HexFormat.of().formatHex(SECRET.getBytes(StandardCharsets.UTF_8)));
    }
}
