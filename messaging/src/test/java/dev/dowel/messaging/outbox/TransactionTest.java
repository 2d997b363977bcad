package dev.dowel.messaging.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.dowel.messaging.EventType;
import dev.dowel.messaging.Message;
import dev.dowel.messaging.VersionRange;
import dev.dowel.messaging.testing.InMemoryMessaging;
import dev.dowel.testservices.PostgreSql;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;

/** What outbox and inbox say when the database fails at the commit or behind it. */
class TransactionTest {
    private static final EventType<Long> TYPE = EventType.of("user.deleted", "1.0.0", Long.class);

    private final List<Long> handled = new CopyOnWriteArrayList<>();
    private final InMemoryMessaging messaging = new InMemoryMessaging();
    private final PGSimpleDataSource database = new PGSimpleDataSource();

    @BeforeEach
    void start() throws Exception {
        database.setUrl(PostgreSql.shared().newDatabase());
        OutboxSchema.createIfMissing(database);
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE users (id bigint PRIMARY KEY)");
            statement.execute("CREATE TABLE likes (user_id bigint REFERENCES users DEFERRABLE INITIALLY DEFERRED)");
        }
        messaging.start();
        messaging
                .subscribe("likes")
                .bind("events", "user.deleted", VersionRange.parse("^1.0.0"))
                .handler(Long.class, (body, delivery) -> handled.add(body));
    }

    @AfterEach
    void close() {
        messaging.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"setAutoCommit", "close"})
    void what_was_committed_is_done_and_published_though_the_connection_cannot_be_given_back(String broken) {
        // Nothing but the commit wakes the relay in time.
        try (Outbox outbox = Outbox.builder(brokenBehindTheCommit(broken))
                .publishWith(messaging)
                .pollInterval(Duration.ofMinutes(1))
                .build()) {
            outbox.start();
            String result = outbox.inTransaction(connection -> {
                outbox.enqueue(connection, "events", Message.of(TYPE, 7L));
                return "done";
            });

            assertThat(result).isEqualTo("done");
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(handled).containsExactly(7L));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"setAutoCommit", "close"})
    void an_inbox_says_that_it_handled_what_was_committed_though_the_connection_cannot_be_given_back(String broken)
            throws Exception {
        JdbcInbox inbox = JdbcInbox.of(brokenBehindTheCommit(broken));
        assertThat(inbox.once("likes", "m1", connection -> insert(connection, "users (id) VALUES (1)")))
                .isTrue();
        assertThat(inbox.once("likes", "m1", connection -> insert(connection, "users (id) VALUES (2)")))
                .isFalse();
        assertThat(users()).isEqualTo(1);
    }

    @Test
    void a_commit_that_failed_is_not_said_to_have_been_rolled_back() throws Exception {
        try (Outbox outbox = Outbox.builder(database).publishWith(messaging).build()) {
            assertThatThrownBy(() -> outbox.inTransaction(connection -> {
                        insert(connection, "likes (user_id) VALUES (1)");
                        return null;
                    }))
                    .isInstanceOf(OutboxException.class)
                    .hasMessage("The commit failed; whether it took effect is unknown")
                    .cause()
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("foreign key");
            assertThatThrownBy(() -> outbox.inTransaction(connection -> {
                        insert(connection, "nowhere VALUES (1)");
                        return null;
                    }))
                    .isInstanceOf(OutboxException.class)
                    .hasMessage("The transaction failed and was rolled back");
        }
    }

    @Test
    void what_could_not_be_rolled_back_is_not_committed_when_the_connection_is_given_back() throws Exception {
        DataSource broken = HeldConfirms.proxy(DataSource.class, (source, none) -> {
            Connection real = database.getConnection();
            return HeldConfirms.proxy(Connection.class, (method, arguments) -> {
                if (method.getName().equals("rollback")) {
                    throw new SQLException("on purpose", "08006");
                }
                return HeldConfirms.call(real, method, arguments);
            });
        });
        try (Outbox outbox = Outbox.builder(broken).publishWith(messaging).build()) {
            assertThatThrownBy(() -> outbox.inTransaction(connection -> {
                        insert(connection, "users (id) VALUES (1)");
                        throw new IllegalStateException("the work failed");
                    }))
                    .hasMessage("the work failed")
                    .hasSuppressedException(new SQLException("on purpose"));
        }
        assertThat(users()).isZero();
    }

    private static void insert(Connection connection, String what) throws SQLException {
        try (Statement insert = connection.createStatement()) {
            insert.executeUpdate("INSERT INTO " + what);
        }
    }

    private long users() throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT count(*) FROM users")) {
            rows.next();
            return rows.getLong(1);
        }
    }

    /** Returns the database with connections that, as if cut off then, fail in one method once they have committed. */
    private DataSource brokenBehindTheCommit(String method) {
        return (DataSource) Proxy.newProxyInstance(
                TransactionTest.class.getClassLoader(),
                new Class<?>[] {DataSource.class},
                (source, asked, arguments) -> breaking(database.getConnection(), method));
    }

    private static Connection breaking(Connection real, String method) {
        boolean[] committed = new boolean[1];
        return (Connection) Proxy.newProxyInstance(
                TransactionTest.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                (proxy, asked, arguments) -> {
                    try {
                        Object result = asked.invoke(real, arguments);
                        committed[0] |= asked.getName().equals("commit");
                        if (committed[0] && asked.getName().equals(method)) {
                            throw new SQLException("on purpose", "08006");
                        }
                        return result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
