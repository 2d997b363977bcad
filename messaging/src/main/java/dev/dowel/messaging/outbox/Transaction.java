package dev.dowel.messaging.outbox;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs work in a transaction. What fails behind the commit changes nothing for the caller, so it is only logged. */
final class Transaction {
    private static final Logger LOG = LoggerFactory.getLogger(Outbox.class);

    private Transaction() {}

    /**
     * Returns what the work returns, once that is committed.
     *
     * @throws OutboxException if the commit failed, so that nobody knows whether it took effect
     * @throws Exception what the work threw, or the database before the commit; nothing took effect
     */
    static <R> R run(DataSource database, Outbox.Work<R> work) throws Exception {
        Connection connection = database.getConnection();
        boolean autoCommit = false;
        boolean ended = true;
        try {
            autoCommit = connection.getAutoCommit();
            connection.setAutoCommit(false);
            R result;
            try {
                result = work.run(connection);
            } catch (Throwable e) {
                ended = rollback(connection, e);
                throw e;
            }
            try {
                connection.commit();
            } catch (SQLException | RuntimeException e) {
                ended = rollback(connection, e);
                throw new OutboxException("The commit failed; whether it took effect is unknown", e);
            }
            return result;
        } finally {
            // With auto-commit a transaction that is still open would be committed.
            giveBack(connection, autoCommit && ended);
        }
    }

    /** Returns whether it was rolled back. */
    private static boolean rollback(Connection connection, Throwable failure) {
        try {
            connection.rollback();
            return true;
        } catch (SQLException | RuntimeException e) {
            failure.addSuppressed(e);
            return false;
        }
    }

    private static void giveBack(Connection connection, boolean toAutoCommit) {
        try (connection) {
            if (toAutoCommit) {
                connection.setAutoCommit(true);
            }
        } catch (SQLException | RuntimeException e) {
            LOG.warn("A connection could not be given back after its transaction", e);
        }
    }
}
