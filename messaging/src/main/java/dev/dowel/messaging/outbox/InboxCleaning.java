package dev.dowel.messaging.outbox;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Forgets old ids on a thread of its own, in small transactions with a pause between them. Several instances may do so at
 * once: none waits for a row that another has locked.
 */
final class InboxCleaning implements AutoCloseable {
    static final int BATCH = 1_000;
    private static final Logger LOG = LoggerFactory.getLogger(JdbcInbox.class);
    private static final long PAUSE_MILLIS = 100;
    private static final long LONGEST_INTERVAL_MILLIS = 3_600_000;

    private final DataSource database;
    private final Duration retention;
    private final AtomicBoolean started = new AtomicBoolean();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "dowel-messaging inbox cleaning");

    InboxCleaning(DataSource database, Duration retention) {
        this.database = database;
        this.retention = retention;
        this.thread.setDaemon(true);
    }

    void start() {
        if (!started.get() && started.compareAndSet(false, true)) {
            thread.start();
        }
    }

    private void run() {
        long interval = Math.min(LONGEST_INTERVAL_MILLIS, retention.toMillis() / 10);
        try {
            long wait = 0;
            while (!closed.await(wait, TimeUnit.MILLISECONDS)) {
                wait = step() == BATCH ? PAUSE_MILLIS : interval;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private int step() {
        try {
            return batch(database, Instant.now().minus(retention));
        } catch (SQLException | RuntimeException | Error e) {
            // Also an Error, such as a driver's assertion: a thread that ended here would be missed too late.
            LOG.warn("The inbox could not forget old ids; it tries again later", e);
            return 0;
        }
    }

    private record Key(String consumer, String id) {}

    /** Forgets at most one batch of ids from before a time, the oldest first; returns how many. */
    static int batch(DataSource database, Instant before) throws SQLException {
        try (WorkConnection work = WorkConnection.open(database)) {
            Connection connection = work.get();
            List<Key> keys = lock(connection, SqlDialect.of(connection).time(before));
            try (PreparedStatement delete =
                    connection.prepareStatement("DELETE FROM messaging_inbox WHERE consumer = ? AND message_id = ?")) {
                for (Key key : keys) {
                    delete.setString(1, key.consumer());
                    delete.setString(2, key.id());
                    delete.addBatch();
                }
                if (!keys.isEmpty()) {
                    delete.executeBatch();
                }
            }
            connection.commit();
            return keys.size();
        }
    }

    private static List<Key> lock(Connection connection, Object before) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT consumer, message_id FROM messaging_inbox WHERE received_at < ?"
                        + " ORDER BY received_at LIMIT " + BATCH + " FOR UPDATE SKIP LOCKED")) {
            select.setObject(1, before);
            List<Key> keys = new ArrayList<>();
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    keys.add(new Key(rows.getString(1), rows.getString(2)));
                }
            }
            keys.sort(Comparator.comparing(Key::consumer).thenComparing(Key::id));
            return keys;
        }
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
