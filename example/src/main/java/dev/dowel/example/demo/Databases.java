package dev.dowel.example.demo;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;

/** The services' databases: embedded H2, or a schema of its own in the PostgreSQL that {@code POSTGRES_URL} names. */
final class Databases implements AutoCloseable {
    private final HikariDataSource users;
    private final HikariDataSource likes;
    private final Optional<String> schema;
    private final String description;

    private Databases(HikariDataSource users, HikariDataSource likes, Optional<String> schema, String description) {
        this.users = users;
        this.likes = likes;
        this.schema = schema;
        this.description = description;
    }

    static Databases open(Map<String, String> environment, String run) {
        String url = environment.get("POSTGRES_URL");
        if (url == null) {
            return new Databases(
                    pool("jdbc:h2:mem:users-" + run + ";DB_CLOSE_DELAY=-1", Optional.empty()),
                    pool("jdbc:h2:mem:likes-" + run + ";DB_CLOSE_DELAY=-1", Optional.empty()),
                    Optional.empty(),
                    "embedded H2 (set POSTGRES_URL for PostgreSQL)");
        }
        String schema = "dowel_demo_" + run;
        HikariDataSource users = pool(url, Optional.of(schema));
        execute(users, "CREATE SCHEMA " + schema);
        return new Databases(
                users,
                pool(url, Optional.of(schema)),
                Optional.of(schema),
                "PostgreSQL from POSTGRES_URL, schema " + schema);
    }

    private static HikariDataSource pool(String url, Optional<String> schema) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setMaximumPoolSize(8);
        schema.ifPresent(config::setSchema);
        return new HikariDataSource(config);
    }

    private static void execute(DataSource database, String sql) {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException("The database refused: " + sql, e);
        }
    }

    DataSource users() {
        return users;
    }

    DataSource likes() {
        return likes;
    }

    String description() {
        return description;
    }

    @Override
    public void close() {
        schema.ifPresent(name -> execute(users, "DROP SCHEMA " + name + " CASCADE"));
        users.close();
        likes.close();
    }
}
