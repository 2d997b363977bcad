package dev.dowel.messaging.outbox;

import dev.dowel.messaging.ConnectionState;
import dev.dowel.messaging.Messaging;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Takes rows out of the table and publishes them, on one thread. A relay locks a few shards, publishes their due rows, waits for
 * the confirms and deletes what was confirmed, all in one transaction: if it dies, the lock is gone and another relay goes
 * on at once; where its host vanishes, the database gives the transaction up after a while. While the broker is away it holds no connection.
 */
final class Relay implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Outbox.class);
    private static final int SLOWEST = 5;

    private final DataSource database;
    private final Messaging messaging;
    private final RelayOptions options;
    private final Complaints complaints = new Complaints(System::nanoTime);
    private final Semaphore wakeUp = new Semaphore(0);
    private final AtomicBoolean started = new AtomicBoolean();
    private final Thread thread = new Thread(this::run, "dowel-messaging outbox relay");
    private volatile boolean closed;
    private volatile @Nullable Throwable lastFailure;

    Relay(DataSource database, Messaging messaging, RelayOptions options) {
        this.database = database;
        this.messaging = messaging;
        this.options = options;
        this.thread.setDaemon(true);
    }

    void start() {
        if (started.compareAndSet(false, true)) {
            messaging.onConnected(this::wake);
            thread.start();
        }
    }

    void wake() {
        // One is enough, and where no relay is started nobody takes them away.
        if (wakeUp.availablePermits() == 0) {
            wakeUp.release();
        }
    }

    int wakeUps() {
        return wakeUp.availablePermits();
    }

    boolean running() {
        return thread.isAlive() && !closed;
    }

    /** Returns what the last look at all shards failed with; empty if it did not. */
    Optional<Throwable> lastFailure() {
        return Optional.ofNullable(lastFailure);
    }

    private void run() {
        int idle = 1;
        boolean failing = false;
        int first = ThreadLocalRandom.current().nextInt(OutboxTable.SHARDS);
        try {
            while (!closed) {
                // What is sent together with a shard that fails is sent twice: not again and again.
                Pass pass = pass(new ShardPass(first, failing ? 1 : options.batchSize()));
                first = (first + 1) % OutboxTable.SHARDS;
                if (pass.failure != null && !failing) {
                    LOG.warn("The outbox relay cannot do all its work; it goes on trying", pass.failure);
                } else if (pass.failure == null && failing) {
                    LOG.info("The outbox relay does all its work again");
                }
                failing = pass.failure != null;
                lastFailure = pass.failure;
                if (pass.more) {
                    continue;
                }
                idle = pass.sent ? 1 : Math.min(SLOWEST, idle + 1);
                long millis = options.pollInterval().toMillis() * idle;
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

    /** What came of one visit to each shard. */
    private static final class Pass {
        private boolean sent;
        private boolean more;
        private @Nullable Throwable failure;
    }

    /** Publishes what is due in each shard, past those that fail, a batch at most, so that none waits for another for long. */
    private Pass pass(ShardPass shards) throws InterruptedException {
        Pass pass = new Pass();
        while (goesOn(shards)) {
            List<Integer> locked = List.of();
            try (WorkConnection connection = WorkConnection.open(database)) {
                do {
                    locked = List.of();
                    locked = shards.lock(connection.get());
                    if (locked.isEmpty()) {
                        OutboxTable.checkShards(connection.get());
                    } else {
                        relay(connection, locked, pass);
                    }
                } while (goesOn(shards));
            } catch (SQLException | RuntimeException | Error e) {
                // Also an Error, such as a driver's assertion: a relay that ended by itself would be missed too late.
                pass.failure = pass.failure == null ? DatabaseFailure.withoutValues(e) : pass.failure;
                if (locked.isEmpty()) {
                    // No shard is to blame, so the others would fail as well.
                    pass.more = false;
                    return pass;
                }
                shards.failed(locked);
            }
        }
        return pass;
    }

    private boolean goesOn(ShardPass shards) {
        return !closed && !shards.over() && messaging.health().publishing() == ConnectionState.CONNECTED;
    }

    private void relay(WorkConnection work, List<Integer> shards, Pass pass) throws SQLException, InterruptedException {
        Connection connection = work.get();
        work.beginRelaying(options.idleLimit());
        DueRows due = DueRows.of(connection, shards, options.batchSize(), Instant.now());
        for (Map.Entry<Long, String> row : due.unreadable().entrySet()) {
            complaints.log(Level.ERROR, "unreadable", "The outbox parks row " + row.getKey() + ": " + row.getValue());
            OutboxTable.park(connection, row.getKey(), row.getValue());
        }
        Batch batch = new Batch(messaging, shards, due, options.confirmTimeout(), complaints);
        batch.publish();
        batch.settle(connection);
        connection.commit();
        pass.sent |= batch.confirmed() > 0;
        int parked = batch.parked() + due.unreadable().size();
        // Behind a row that was parked there may be others of its key.
        pass.more |= parked > 0 || (batch.settled() > 0 && batch.more());
        tell(new OutboxListener.Batch(
                due.rows().size() + due.unreadable().size(), batch.confirmed(), batch.failed(), parked));
    }

    private void tell(OutboxListener.Batch batch) {
        for (OutboxListener listener : options.listeners()) {
            try {
                listener.relayed(batch);
            } catch (RuntimeException | LinkageError e) {
                complaints.log(Level.WARN, "listener", "A listener of the outbox failed: " + e);
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        wake();
        if (started.get()) {
            try {
                thread.join(options.confirmTimeout().toMillis());
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
