package dev.dowel.messaging.outbox;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;

/** What the databases say differently. */
enum SqlDialect {
    POSTGRESQL(
            "postgresql.sql",
            "INSERT INTO messaging_inbox (consumer, message_id) VALUES (?, ?) ON CONFLICT DO NOTHING"),
    H2("h2.sql", "INSERT INTO messaging_inbox (consumer, message_id) VALUES (?, ?)");

    private final String schema;
    private final String remember;

    SqlDialect(String schema, String remember) {
        this.schema = schema;
        this.remember = remember;
    }

    static SqlDialect of(Connection connection) throws SQLException {
        String product = connection.getMetaData().getDatabaseProductName();
        return switch (product.toLowerCase(Locale.ROOT)) {
            case "postgresql" -> POSTGRESQL;
            case "h2" -> H2;
            default ->
                throw new IllegalArgumentException("The outbox and the inbox know PostgreSQL and H2, not " + product);
        };
    }

    /** Returns the name of the resource with the tables. */
    String schema() {
        return schema;
    }

    /**
     * Returns the statement that remembers an id for a consumer. If it is there already it changes nothing or fails with
     * a unique violation, whichever leaves the transaction usable.
     */
    String remember() {
        return remember;
    }
}
