package dev.dowel.testservices;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A MariaDB for tests. Safe for use by several threads, except that kill and restart belong to one. */
public final class MariaDb implements AutoCloseable {
    private static final String VARIABLE = "MARIADB_URL";
    private static @Nullable MariaDb shared;

    private final String jdbcUrl;
    private final @Nullable Service service;

    private MariaDb(String jdbcUrl, @Nullable Service service) {
        this.jdbcUrl = jdbcUrl;
        this.service = service;
    }

    /**
     * Starts a server of the caller's own, which it may kill and must close.
     *
     * @throws MissingServiceException if there is neither a program nor a Docker engine
     */
    public static MariaDb start() {
        return start(Programs.installed());
    }

    static MariaDb start(Programs programs) {
        Optional<Path> server = programs.find("mariadbd");
        Optional<Path> install = programs.find("mariadb-install-db");
        if (server.isPresent() && install.isPresent()) {
            return own(MariaDbProcess.start(server.get(), install.get()));
        }
        if (Containers.available()) {
            return own(Containers.start("mariadb:11.4", 3306, List.of("MARIADB_ALLOW_EMPTY_ROOT_PASSWORD=1")));
        }
        throw new MissingServiceException("MariaDB", "mariadb-server", VARIABLE);
    }

    private static MariaDb own(Service service) {
        return new MariaDb("jdbc:mariadb://127.0.0.1:" + service.port() + "/mysql?user=root", service);
    }

    /** Returns the server that {@code MARIADB_URL} names, else one that lives as long as this JVM; not to be killed. */
    public static synchronized MariaDb shared() {
        if (shared == null) {
            String url = System.getenv(VARIABLE);
            shared = url == null ? start() : new MariaDb(url, null);
        }
        return shared;
    }

    /** Returns the JDBC URL of the server's first database, with the user. */
    public String jdbcUrl() {
        return jdbcUrl;
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

    /** Ends it with SIGKILL; returns when the server process is gone. */
    public void kill() {
        service().kill();
    }

    /** Starts it again on the same port and data; returns when it answers. */
    public void restart() {
        service().restart();
    }

    private Service service() {
        if (service == null) {
            throw new IllegalStateException("The server that " + VARIABLE + " names is not ours to kill");
        }
        return service;
    }

    /** Ends it and removes its data; does nothing to a server of somebody else's. May be called twice. */
    @Override
    public void close() {
        if (service != null) {
            service.close();
        }
    }
}
