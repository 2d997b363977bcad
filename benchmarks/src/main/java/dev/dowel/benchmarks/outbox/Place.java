package dev.dowel.benchmarks.outbox;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.dowel.benchmarks.messaging.Broker;
import dev.dowel.benchmarks.messaging.contenders.Tally;
import dev.dowel.benchmarks.outbox.contenders.Setting;
import dev.dowel.testservices.PostgreSql;
import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** A fresh database and a fresh queue, for one turn. */
final class Place implements AutoCloseable {

    private static final int CONNECTIONS = 24;

    private final Broker broker;
    private final String queue;
    private final HikariDataSource database;

    Place(PostgreSql server, Broker broker) throws Exception {
        this.broker = broker;
        HikariConfig pool = new HikariConfig();
        pool.setJdbcUrl(server.newDatabase());
        pool.setMaximumPoolSize(CONNECTIONS);
        database = new HikariDataSource(pool);
        queue = broker.newQueue();
    }

    Setting setting(int size, Tally tally) {
        return new Setting(database, broker.uri(), Broker.EXCHANGE, size, tally);
    }

    URI uri() {
        return broker.uri();
    }

    String queue() {
        return queue;
    }

    /** Tells the database how many rows there are, as it would find out itself in a minute. */
    void analyze() throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("ANALYZE");
        }
    }

    @Override
    public void close() throws Exception {
        database.close();
        broker.delete(queue);
    }
}
