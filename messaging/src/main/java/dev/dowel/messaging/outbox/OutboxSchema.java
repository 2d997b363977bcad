package dev.dowel.messaging.outbox;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import java.util.regex.Pattern;
import javax.sql.DataSource;

/**
 * The tables of outbox and inbox. Their DDL lies beside this class as {@code postgresql.sql}, {@code mariadb.sql},
 * {@code mysql.sql} and {@code h2.sql}: copy the file into your migrations.
 */
public final class OutboxSchema {
    private static final Pattern END_OF_COMMAND = Pattern.compile(";\\s*\\n");

    private OutboxSchema() {}

    /**
     * Creates the tables that do not exist. For demos and tests; a service's migrations should do it.
     *
     * @param database PostgreSQL 12 or newer, MariaDB 10.6 or newer, MySQL 8.0.17 or newer, or H2 2
     * @throws OutboxException if the database refuses
     */
    public static void createIfMissing(DataSource database) {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            boolean autoCommit = connection.getAutoCommit();
            for (String command : END_OF_COMMAND.split(script(SqlDialect.of(connection)), -1)) {
                if (!command.isBlank()) {
                    statement.execute(command);
                }
            }
            if (!autoCommit) {
                connection.commit();
            }
        } catch (SQLException e) {
            throw new OutboxException("The tables of outbox and inbox could not be created", e);
        }
    }

    private static String script(SqlDialect dialect) {
        try (InputStream in = OutboxSchema.class.getResourceAsStream(dialect.schema())) {
            return new String(Objects.requireNonNull(in, dialect.schema()).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
