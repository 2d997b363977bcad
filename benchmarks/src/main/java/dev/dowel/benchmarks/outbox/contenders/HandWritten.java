package dev.dowel.benchmarks.outbox.contenders;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.MessageProperties;
import dev.dowel.benchmarks.messaging.contenders.Job;
import dev.dowel.benchmarks.messaging.contenders.Tally;
import java.io.IOException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;

/**
 * What one writes without a library: one thread takes a batch, publishes it, waits for its confirms, deletes it. No order
 * per key, no back-off, and one bad row stops it.
 */
final class HandWritten implements Relaying {

    /** How often it looks when there was nothing: nobody wakes it. */
    private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(5);

    private static final long PATIENCE = TimeUnit.SECONDS.toMillis(10);

    private final DataSource database;
    private final Tally tally;
    private final String exchange;
    private final Connection connection;
    private final Channel channel;
    private final Thread loop = new Thread(this::run, "hand-written loop");

    HandWritten(Setting setting) throws Exception {
        database = setting.database();
        tally = setting.tally();
        exchange = setting.exchange();
        try (java.sql.Connection session = database.getConnection();
                Statement statement = session.createStatement()) {
            statement.execute("CREATE TABLE outbox (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
                    + " routing_key varchar(255) NOT NULL, body bytea NOT NULL)");
        }
        connection = Connections.open(setting.uri());
        channel = Connections.confirmed(connection, tally);
    }

    @Override
    public void store(byte[][] bodies, Runnable committing) throws SQLException {
        try (java.sql.Connection session = database.getConnection();
                PreparedStatement insert =
                        session.prepareStatement("INSERT INTO outbox (routing_key, body) VALUES (?, ?)")) {
            session.setAutoCommit(false);
            for (byte[] body : bodies) {
                insert.setString(1, Job.ROUTING_KEY);
                insert.setBytes(2, body);
                insert.addBatch();
            }
            insert.executeBatch();
            committing.run();
            session.commit();
        }
    }

    @Override
    public void start() {
        loop.start();
    }

    private void run() {
        try {
            while (!tally.over()) {
                int published = publishBatch();
                if (published == 0) {
                    LockSupport.parkNanos(PAUSE);
                } else {
                    tally.done(published, new long[0]);
                }
            }
        } catch (Throwable e) {
            tally.failed(e);
        }
    }

    private int publishBatch() throws Exception {
        try (java.sql.Connection session = database.getConnection();
                PreparedStatement select = session.prepareStatement("SELECT id, routing_key, body FROM outbox"
                        + " ORDER BY id LIMIT " + Setting.BATCH + " FOR UPDATE SKIP LOCKED");
                PreparedStatement delete = session.prepareStatement("DELETE FROM outbox WHERE id = ANY (?)")) {
            session.setAutoCommit(false);
            List<Long> ids = publish(select);
            if (!ids.isEmpty()) {
                channel.waitForConfirmsOrDie(PATIENCE);
                delete.setArray(1, session.createArrayOf("bigint", ids.toArray()));
                delete.executeUpdate();
            }
            session.commit();
            return ids.size();
        }
    }

    private List<Long> publish(PreparedStatement select) throws SQLException, IOException {
        List<Long> ids = new ArrayList<>();
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                ids.add(rows.getLong(1));
                channel.basicPublish(
                        exchange, rows.getString(2), true, MessageProperties.PERSISTENT_BASIC, rows.getBytes(3));
            }
        }
        return ids;
    }

    @Override
    public void close() throws InterruptedException {
        tally.end();
        loop.join(PATIENCE);
        connection.abort();
    }
}
