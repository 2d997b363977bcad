package dev.dowel.messaging.outbox;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.sql.DataSource;

/** The statements of those who watch an outbox. Each reads a bounded number of rows, by an index, and locks none. */
final class OutboxState {
    private static final int MOST_COUNTED = 10_001;
    private static final int STEP = 1_000;
    /** Every shard by its number, since MariaDB's and H2's index begins with it. */
    private static final String ANY_SHARD = "shard IN ("
            + IntStream.range(0, OutboxTable.SHARDS).mapToObj(Integer::toString).collect(Collectors.joining(", "))
            + ")";

    private static final String EACH_SHARD = IntStream.range(0, OutboxTable.SHARDS)
            .mapToObj(shard -> "SELECT " + shard + " AS shard")
            .collect(Collectors.joining(" UNION ALL ", "(", ")"));

    private OutboxState() {}

    /** What one asks of an outbox. */
    interface Query<R> {
        R run(Connection connection) throws SQLException;
    }

    /** Runs a query on a connection of its own. */
    static <R> R read(DataSource database, String failure, Query<R> query) {
        try (WorkConnection connection = WorkConnection.open(database)) {
            return query.run(connection.get());
        } catch (SQLException e) {
            throw new OutboxException(failure, e);
        }
    }

    /** Counts what waits, up to 10,001. */
    static long pending(Connection connection) throws SQLException {
        return count(connection, false);
    }

    /** Counts what is parked, up to 10,001. */
    static long parked(Connection connection) throws SQLException {
        return count(connection, true);
    }

    private static long count(Connection connection, boolean parked) throws SQLException {
        try (PreparedStatement count =
                        connection.prepareStatement("SELECT count(*) FROM (SELECT 1 FROM messaging_outbox WHERE "
                                + ANY_SHARD + " AND parked = " + parked + " LIMIT " + MOST_COUNTED + ") found");
                ResultSet rows = count.executeQuery()) {
            return rows.next() ? rows.getLong(1) : 0;
        }
    }

    /** Returns when the oldest row of those that wait was stored. */
    static Optional<Instant> oldest(Connection connection) throws SQLException {
        SqlDialect dialect = SqlDialect.of(connection);
        try (PreparedStatement select =
                        connection.prepareStatement("SELECT (SELECT o.created_at FROM messaging_outbox o" + " WHERE "
                                + dialect.firstOfShard() + " LIMIT 1) FROM " + EACH_SHARD + " s");
                ResultSet rows = select.executeQuery()) {
            List<Instant> first = new ArrayList<>();
            while (rows.next()) {
                if (rows.getObject(1) != null) {
                    first.add(dialect.time(rows, 1));
                }
            }
            return first.stream().min(Instant::compareTo);
        }
    }

    /** Returns parked rows, the oldest first. */
    static List<ParkedRow> parked(Connection connection, int max) throws SQLException {
        SqlDialect dialect = SqlDialect.of(connection);
        try (PreparedStatement select = connection.prepareStatement(
                        "SELECT id, message_id, exchange, routing_key, ordering_key, attempts, last_error, created_at"
                                + " FROM messaging_outbox WHERE " + ANY_SHARD
                                + " AND parked = true ORDER BY id LIMIT " + max);
                ResultSet rows = select.executeQuery()) {
            List<ParkedRow> parked = new ArrayList<>();
            while (rows.next()) {
                parked.add(new ParkedRow(
                        rows.getLong(1),
                        rows.getString(2),
                        rows.getString(3),
                        rows.getString(4),
                        Optional.ofNullable(rows.getString(5)),
                        rows.getInt(6),
                        Optional.ofNullable(rows.getString(7)).orElse(""),
                        dialect.time(rows, 8)));
            }
            return parked;
        }
    }

    /** Makes a parked row due, as if it was new; returns whether there was one. */
    static boolean retry(Connection connection, long id) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement("UPDATE messaging_outbox"
                + " SET parked = false, attempts = 0, next_attempt_at = NULL WHERE id = ? AND parked = true")) {
            update.setLong(1, id);
            boolean found = update.executeUpdate() > 0;
            connection.commit();
            return found;
        }
    }

    /** Makes all parked rows due, each once, in steps with a commit each; returns how many. */
    static long retryAll(Connection connection) throws SQLException {
        long found = 0;
        List<Long> step = parkedAfter(connection, Long.MIN_VALUE);
        while (!step.isEmpty()) {
            for (long id : step) {
                found += retry(connection, id) ? 1 : 0;
            }
            // One that is parked again meanwhile is not looked at again.
            step = parkedAfter(connection, step.get(step.size() - 1));
        }
        return found;
    }

    private static List<Long> parkedAfter(Connection connection, long last) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("SELECT id FROM messaging_outbox WHERE " + ANY_SHARD
                + " AND parked = true AND id > ? ORDER BY id LIMIT " + STEP)) {
            select.setLong(1, last);
            try (ResultSet rows = select.executeQuery()) {
                List<Long> ids = new ArrayList<>();
                while (rows.next()) {
                    ids.add(rows.getLong(1));
                }
                return ids;
            }
        }
    }

    /** Deletes a parked row; returns whether there was one. */
    static boolean discard(Connection connection, long id) throws SQLException {
        try (PreparedStatement delete =
                connection.prepareStatement("DELETE FROM messaging_outbox WHERE id = ? AND parked = true")) {
            delete.setLong(1, id);
            boolean found = delete.executeUpdate() > 0;
            connection.commit();
            return found;
        }
    }
}
