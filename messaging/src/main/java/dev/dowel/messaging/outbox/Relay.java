package dev.dowel.messaging.outbox;

import dev.dowel.messaging.ConnectionState;
import dev.dowel.messaging.Messaging;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes rows out of the table and publishes them, on one thread. A relay locks a shard, publishes its due rows, waits for
 * the confirms and deletes what was confirmed, all in one transaction: if it dies, the lock is gone and another relay goes
 * on at once. While the broker is away it holds no connection.
 */
final class Relay implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Outbox.class);
    private static final int SLOWEST = 5;

    private final DataSource database;
    private final Messaging messaging;
    private final int batchSize;
    private final Duration pollInterval;
    private final Duration confirmTimeout;
    private final Semaphore wakeUp = new Semaphore(0);
    private final AtomicBoolean started = new AtomicBoolean();
    private final Thread thread = new Thread(this::run, "dowel-messaging outbox relay");
    private volatile boolean closed;

    Relay(DataSource database, Messaging messaging, int batchSize, Duration pollInterval, Duration confirmTimeout) {
        this.database = database;
        this.messaging = messaging;
        this.batchSize = batchSize;
        this.pollInterval = pollInterval;
        this.confirmTimeout = confirmTimeout;
        this.thread.setDaemon(true);
    }

    void start() {
        if (started.compareAndSet(false, true)) {
            messaging.onConnected(this::wake);
            thread.start();
        }
    }

    void wake() {
        wakeUp.release();
    }

    private void run() {
        int idle = 1;
        boolean databaseAway = false;
        try {
            while (!closed) {
                boolean sent = false;
                if (messaging.health().state() == ConnectionState.CONNECTED) {
                    try {
                        sent = round();
                        if (databaseAway) {
                            LOG.info("The outbox relay reads its table again");
                        }
                        databaseAway = false;
                    } catch (SQLException | RuntimeException e) {
                        if (!databaseAway) {
                            LOG.warn("The outbox relay cannot work; it goes on trying", e);
                        }
                        databaseAway = true;
                    }
                }
                idle = sent ? 1 : Math.min(SLOWEST, idle + 1);
                long millis = pollInterval.toMillis() * idle;
                long jittered = millis * 8 / 10 + ThreadLocalRandom.current().nextLong(millis * 4 / 10 + 1);
                if (wakeUp.tryAcquire(jittered, TimeUnit.MILLISECONDS)) {
                    wakeUp.drainPermits();
                }
            }
        } catch (InterruptedException e) {
            // Only close() interrupts: the transaction that was open has been rolled back.
            Thread.currentThread().interrupt();
        }
    }

    /** Goes over all shards until none has more; returns whether anything was sent. */
    private boolean round() throws SQLException, InterruptedException {
        boolean sent = false;
        Set<Integer> done = new HashSet<>();
        while (!closed && done.size() < OutboxTable.SHARDS && messaging.health().state() == ConnectionState.CONNECTED) {
            try (Connection connection = database.getConnection()) {
                boolean autoCommit = connection.getAutoCommit();
                connection.setAutoCommit(false);
                try {
                    Optional<Integer> shard = OutboxTable.lockShard(connection, done);
                    if (shard.isEmpty()) {
                        return sent;
                    }
                    List<OutboxRow> due = OutboxTable.due(connection, shard.get(), batchSize, Instant.now());
                    Batch batch = new Batch(messaging, due, confirmTimeout);
                    batch.publish();
                    batch.settle(connection);
                    connection.commit();
                    sent |= batch.confirmed() > 0;
                    if (due.size() < batchSize || batch.confirmed() == 0) {
                        done.add(shard.get());
                    }
                } catch (SQLException | RuntimeException | InterruptedException e) {
                    connection.rollback();
                    throw e;
                } finally {
                    connection.setAutoCommit(autoCommit);
                }
            }
        }
        return sent;
    }

    @Override
    public void close() {
        closed = true;
        wake();
        if (started.get()) {
            try {
                thread.join(confirmTimeout.toMillis());
                if (thread.isAlive()) {
                    thread.interrupt();
                    thread.join(1_000);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
