package dev.dowel.messaging.outbox;

import dev.dowel.messaging.ConnectionState;
import dev.dowel.messaging.Messaging;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
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
        boolean failing = false;
        try {
            while (!closed) {
                List<Exception> failures = new ArrayList<>();
                boolean sent = round(failures);
                if (!failures.isEmpty() && !failing) {
                    LOG.warn("The outbox relay cannot do all its work; it goes on trying", failures.get(0));
                } else if (failures.isEmpty() && failing) {
                    LOG.info("The outbox relay does all its work again");
                }
                failing = !failures.isEmpty();
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

    /** Goes over all shards until none has more, past those that fail; returns whether anything was sent. */
    private boolean round(List<Exception> failures) throws InterruptedException {
        boolean sent = false;
        Set<Integer> done = new HashSet<>();
        while (!closed && done.size() < OutboxTable.SHARDS && messaging.health().state() == ConnectionState.CONNECTED) {
            int before = done.size();
            try (Connection connection = database.getConnection()) {
                boolean autoCommit = connection.getAutoCommit();
                connection.setAutoCommit(false);
                try {
                    sent |= nextShard(connection, done);
                } catch (SQLException | RuntimeException | InterruptedException e) {
                    connection.rollback();
                    throw e;
                } finally {
                    connection.setAutoCommit(autoCommit);
                }
            } catch (SQLException | RuntimeException e) {
                failures.add(e);
                if (done.size() == before) {
                    return sent;
                }
            }
        }
        return sent;
    }

    /** Publishes what is due in a shard that is not done; adds the shard if it is done then, all of them if none is left. */
    private boolean nextShard(Connection connection, Set<Integer> done) throws SQLException, InterruptedException {
        Optional<Integer> shard = OutboxTable.lockShard(connection, done);
        if (shard.isEmpty()) {
            IntStream.range(0, OutboxTable.SHARDS).forEach(done::add);
            return false;
        }
        // Also if it fails: the next one is not to wait for it.
        done.add(shard.get());
        List<OutboxRow> due = OutboxTable.due(connection, shard.get(), batchSize, Instant.now());
        Batch batch = new Batch(messaging, shard.get(), due, confirmTimeout);
        batch.publish();
        batch.settle(connection);
        connection.commit();
        // Behind a row that was parked there may be others of its key.
        if (batch.parked() > 0 || (batch.confirmed() > 0 && due.size() == batchSize)) {
            done.remove(shard.get());
        }
        return batch.confirmed() > 0;
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
