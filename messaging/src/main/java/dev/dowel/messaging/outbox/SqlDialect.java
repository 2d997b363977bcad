package dev.dowel.messaging.outbox;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Optional;

/** What the databases say differently. */
enum SqlDialect {
    POSTGRESQL("postgresql.sql", " ON CONFLICT DO NOTHING"),
    // Not INSERT IGNORE: it would cut an id that is too long, and two ids could become one.
    MARIADB("mariadb.sql", ""),
    MYSQL("mysql.sql", ""),
    H2("h2.sql", "");

    private static final String UNIQUE_VIOLATION = "23505";
    private static final int MYSQL_DUPLICATE = 1062;

    private final String schema;
    private final String remember;

    SqlDialect(String schema, String onConflict) {
        this.schema = schema;
        this.remember = "INSERT INTO messaging_inbox (consumer, message_id) VALUES (?, ?)" + onConflict;
    }

    static SqlDialect of(Connection connection) throws SQLException {
        String product = connection.getMetaData().getDatabaseProductName();
        return switch (product.toLowerCase(Locale.ROOT)) {
            case "postgresql" -> POSTGRESQL;
            case "mariadb" -> MARIADB;
            case "mysql" -> MYSQL;
            case "h2" -> H2;
            default ->
                throw new IllegalArgumentException(
                        "The outbox and the inbox know PostgreSQL, MariaDB, MySQL and H2, not " + product);
        };
    }

    private boolean ofMySql() {
        return this == MARIADB || this == MYSQL;
    }

    /** Returns the name of the resource with the tables. */
    String schema() {
        return schema;
    }

    /**
     * Returns the statement that remembers an id for a consumer. If it is there already it changes nothing or fails as a
     * {@link #duplicate}, whichever leaves the transaction usable.
     */
    String remember() {
        return remember;
    }

    /** Tells whether a failure means that the key is there already. */
    boolean duplicate(SQLException e) {
        return ofMySql() ? e.getErrorCode() == MYSQL_DUPLICATE : UNIQUE_VIOLATION.equals(e.getSQLState());
    }

    /**
     * Returns the condition and order that find the first waiting row {@code o} of a shard {@code s}. For equal shards
     * PostgreSQL may go through the whole table by its primary key; the first row from this shard on comes from the index
     * of the shards, and does as well where the first of all shards is looked for.
     */
    String firstOfShard() {
        return this == POSTGRESQL
                ? "o.shard >= s.shard AND o.parked = false ORDER BY o.shard, o.id"
                : "o.shard = s.shard AND o.parked = false ORDER BY o.id";
    }

    /**
     * Returns the command that makes the database give up the current transaction when it is idle for so long, and commit it
     * without waiting for the disk where one can say so; empty where there is none. H2 runs in this process, or knows no such
     * limit.
     */
    Optional<String> beginRelaying(Duration limit) {
        return switch (this) {
            case POSTGRESQL ->
                Optional.of("SET LOCAL idle_in_transaction_session_timeout = " + limit.toMillis()
                        + "; SET LOCAL synchronous_commit = off");
            case MARIADB, MYSQL ->
                Optional.of("SET @dowel_idle_limit = @@SESSION." + idleVariable() + ", SESSION " + idleVariable()
                        + " = " + Math.max(1, limit.toSeconds()));
            case H2 -> Optional.empty();
        };
    }

    /** Returns the command that brings back what was before {@link #beginRelaying}, if the transaction's end does not. */
    Optional<String> undoRelaying() {
        return ofMySql() ? Optional.of("SET SESSION " + idleVariable() + " = @dowel_idle_limit") : Optional.empty();
    }

    /** MySQL has a limit for idle sessions only. */
    private String idleVariable() {
        return this == MARIADB ? "idle_transaction_timeout" : "wait_timeout";
    }

    /** Returns what to set as a parameter for a time. The columns of MariaDB and MySQL have no zone and are in UTC. */
    Object time(Instant instant) {
        return ofMySql() ? LocalDateTime.ofInstant(instant, ZoneOffset.UTC) : instant.atOffset(ZoneOffset.UTC);
    }

    /** Reads what {@link #time(Instant)} wrote. */
    Instant time(ResultSet row, int column) throws SQLException {
        return ofMySql()
                ? row.getObject(column, LocalDateTime.class).toInstant(ZoneOffset.UTC)
                : row.getObject(column, OffsetDateTime.class).toInstant();
    }
}
