package dev.dowel.testservices;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A MySQL for tests, in a container only. Safe for use by several threads. */
public final class MySql {
    private static final String VARIABLE = "MYSQL_URL";
    private static final String IMAGE = System.getProperty("dowel.mysql.image", "mysql:8.4");
    private static @Nullable MySql shared;

    private final String jdbcUrl;

    private MySql(String jdbcUrl) {
        this.jdbcUrl = jdbcUrl;
    }

    /**
     * Returns the server that {@code MYSQL_URL} names (with MariaDB's driver: {@code jdbc:mariadb://host/mysql?user=root}),
     * else one that lives as long as this JVM.
     *
     * @throws MissingServiceException if there is no Docker engine
     */
    public static synchronized MySql shared() {
        if (shared == null) {
            String url = System.getenv(VARIABLE);
            shared = new MySql(url == null ? start() : url);
        }
        return shared;
    }

    private static String start() {
        if (!Containers.available()) {
            throw new MissingServiceException("MySQL", "docker.io", VARIABLE);
        }
        Containers container = Containers.start(IMAGE, 3306, List.of("MYSQL_ALLOW_EMPTY_PASSWORD=1"));
        return "jdbc:mariadb://127.0.0.1:" + container.port() + "/mysql?user=root";
    }

    /** Makes a database that nobody else uses and returns its JDBC URL. */
    public String newDatabase() {
        String name = "test_" + UUID.randomUUID().toString().replace('-', '_');
        try (Connection connection = DriverManager.getConnection(jdbcUrl);
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + name);
        } catch (SQLException e) {
            throw new IllegalStateException("Cannot create a database", e);
        }
        int path = jdbcUrl.indexOf('/', "jdbc:mariadb://".length());
        int query = jdbcUrl.indexOf('?');
        return jdbcUrl.substring(0, path + 1) + name + (query < 0 ? "" : jdbcUrl.substring(query));
    }
}
