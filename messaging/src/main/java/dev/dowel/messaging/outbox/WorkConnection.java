package dev.dowel.messaging.outbox;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * A connection for the library's own work: no auto-commit, and at READ COMMITTED whatever the service uses. With anything
 * stricter a relay would read the rows from before the shard was its own, which another has sent meanwhile, and MariaDB
 * would lock the gaps between rows, where the service inserts.
 */
final class WorkConnection implements AutoCloseable {
    private final Connection connection;
    private final boolean autoCommit;
    private final int isolation;
    private Optional<String> undoRelaying = Optional.empty();

    private WorkConnection(Connection connection, boolean autoCommit, int isolation) {
        this.connection = connection;
        this.autoCommit = autoCommit;
        this.isolation = isolation;
    }

    static WorkConnection open(DataSource database) throws SQLException {
        Connection connection = database.getConnection();
        try {
            boolean autoCommit = connection.getAutoCommit();
            // The isolation cannot be changed within a transaction, and asking for it may begin one.
            connection.setAutoCommit(true);
            int isolation = connection.getTransactionIsolation();
            if (isolation != Connection.TRANSACTION_READ_COMMITTED) {
                connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
            }
            connection.setAutoCommit(false);
            return new WorkConnection(connection, autoCommit, isolation);
        } catch (SQLException | RuntimeException e) {
            try (connection) {
                throw e;
            }
        }
    }

    Connection get() {
        return connection;
    }

    /**
     * Makes the database give this transaction up if nothing is heard of it for so long, such as when this host vanishes and
     * cannot say so. Without it the locks would stay for as long as the network takes to notice, which may be hours.
     * Where it can be had the commit does not wait for the disk: what a crash of the database undoes is published again.
     */
    void beginRelaying(Duration idleLimit) throws SQLException {
        if (undoRelaying.isPresent()) {
            // It was for the session.
            return;
        }
        SqlDialect dialect = SqlDialect.of(connection);
        Optional<String> command = dialect.beginRelaying(idleLimit);
        if (command.isPresent()) {
            execute(command.get());
            undoRelaying = dialect.undoRelaying();
        }
    }

    private void execute(String command) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(command);
        }
    }

    /** Gives it back as it came. What was not committed is lost. */
    @Override
    public void close() throws SQLException {
        try (connection) {
            connection.rollback();
            try {
                if (undoRelaying.isPresent()) {
                    execute(undoRelaying.get());
                }
            } finally {
                connection.setAutoCommit(true);
                if (isolation != Connection.TRANSACTION_READ_COMMITTED) {
                    connection.setTransactionIsolation(isolation);
                }
                connection.setAutoCommit(autoCommit);
            }
        }
    }
}
