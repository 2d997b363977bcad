package dev.dowel.messaging.outbox;

import dev.dowel.messaging.Inbox;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import javax.sql.DataSource;

/**
 * An inbox in the table {@code messaging_inbox}: the id is written as the first statement of the handler's transaction,
 * so the handler's own writes and the memory of it commit together. Safe for use by several threads and instances.
 */
public final class JdbcInbox implements Inbox {
    private static final int PURGE_BATCH = 1_000;
    private static final String UNIQUE_VIOLATION = "23505";

    private final DataSource database;

    private JdbcInbox(DataSource database) {
        this.database = database;
    }

    /**
     * Makes an inbox.
     *
     * @param database the service's own database, with the tables of {@link OutboxSchema}
     * @return the inbox
     */
    public static JdbcInbox of(DataSource database) {
        return new JdbcInbox(Objects.requireNonNull(database, "database"));
    }

    @Override
    public boolean once(String consumer, String id, Work work) throws Exception {
        return Transaction.run(database, connection -> {
            boolean first = remember(connection, consumer, id);
            if (first) {
                work.run(connection);
            }
            return first;
        });
    }

    private static boolean remember(Connection connection, String consumer, String id) throws SQLException {
        try (PreparedStatement insert =
                connection.prepareStatement(SqlDialect.of(connection).remember())) {
            insert.setString(1, consumer);
            insert.setString(2, id);
            return insert.executeUpdate() > 0;
        } catch (SQLException e) {
            if (UNIQUE_VIOLATION.equals(e.getSQLState())) {
                return false;
            }
            throw e;
        }
    }

    /**
     * Forgets ids, in batches of 1,000 rows with a commit each. A message that comes again after its id was forgotten is
     * handled again, so keep them longer than a message can be under way.
     *
     * @param olderThan the age; a week is a good choice
     * @return how many ids were forgotten
     * @throws OutboxException if the database refuses
     */
    public long purge(Duration olderThan) {
        Timestamp before = Timestamp.from(Instant.now().minus(olderThan));
        long purged = 0;
        try (Connection connection = database.getConnection();
                PreparedStatement delete = connection.prepareStatement("DELETE FROM messaging_inbox WHERE"
                        + " (consumer, message_id) IN (SELECT consumer, message_id FROM messaging_inbox"
                        + " WHERE received_at < ? ORDER BY consumer, message_id FETCH FIRST " + PURGE_BATCH
                        + " ROWS ONLY)")) {
            connection.setAutoCommit(true);
            int deleted;
            do {
                delete.setTimestamp(1, before);
                deleted = delete.executeUpdate();
                purged += deleted;
            } while (deleted == PURGE_BATCH);
            return purged;
        } catch (SQLException e) {
            throw new OutboxException("The inbox could not be purged", e);
        }
    }
}
