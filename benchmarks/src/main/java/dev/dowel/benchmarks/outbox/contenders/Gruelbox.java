package dev.dowel.benchmarks.outbox.contenders;

import com.gruelbox.transactionoutbox.Dialect;
import com.gruelbox.transactionoutbox.Instantiator;
import com.gruelbox.transactionoutbox.Persistor;
import com.gruelbox.transactionoutbox.Submitter;
import com.gruelbox.transactionoutbox.TransactionManager;
import com.gruelbox.transactionoutbox.TransactionOutbox;
import com.gruelbox.transactionoutbox.TransactionOutboxEntry;
import com.gruelbox.transactionoutbox.TransactionOutboxListener;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.MessageProperties;
import dev.dowel.benchmarks.messaging.contenders.Job;
import dev.dowel.benchmarks.messaging.contenders.Tally;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** gruelbox transaction-outbox: each task publishes one message and waits for its confirm. */
final class Gruelbox implements Relaying {

    private static final int THREADS = 16;
    private static final int FLUSHED = 4_096;
    private static final int QUEUED = 16_384;
    private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long PATIENCE = TimeUnit.SECONDS.toMillis(10);

    /** What is stored: a call of this method. */
    interface Task {
        void publish(String body);
    }

    private final TransactionManager transactions;
    private final Tally tally;
    private final String exchange;
    private final Connection connection;

    @SuppressWarnings("ThreadLocalUsage") // of this turn only
    private final ThreadLocal<Channel> channels = ThreadLocal.withInitial(this::channel);

    private final BlockingQueue<Runnable> queue = new ArrayBlockingQueue<>(QUEUED);
    private final ThreadPoolExecutor threads = new ThreadPoolExecutor(THREADS, THREADS, 0, TimeUnit.SECONDS, queue);
    private final Thread flushing = new Thread(this::flush, "gruelbox flush");

    /** Until the start, what is stored is nobody's task, and due at the start, as if it had been stored an hour before. */
    private volatile TransactionOutbox outbox;

    Gruelbox(Setting setting) throws Exception {
        transactions = TransactionManager.fromDataSource(setting.database());
        tally = setting.tally();
        exchange = setting.exchange();
        connection = Connections.open(setting.uri());
        outbox = outbox((entry, work) -> {}, Clock.offset(Clock.systemUTC(), Duration.ofHours(-1)));
    }

    private TransactionOutbox outbox(Submitter submitter, Clock clock) {
        return TransactionOutbox.builder()
                .transactionManager(transactions)
                .persistor(Persistor.forDialect(Dialect.POSTGRESQL_9))
                .instantiator(Instantiator.using(type -> (Task) this::publish))
                .submitter(submitter)
                .clockProvider(() -> clock)
                .flushBatchSize(FLUSHED)
                .listener(new TransactionOutboxListener() {
                    @Override
                    public void success(TransactionOutboxEntry entry) {
                        tally.done(1, new long[0]);
                    }

                    @Override
                    public void failure(TransactionOutboxEntry entry, Throwable cause) {
                        tally.failed(cause);
                    }
                })
                .build();
    }

    private Channel channel() {
        try {
            return Connections.confirmed(connection, tally);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void publish(String body) {
        try {
            Channel channel = channels.get();
            channel.basicPublish(
                    exchange,
                    Job.ROUTING_KEY,
                    true,
                    MessageProperties.PERSISTENT_BASIC,
                    body.getBytes(StandardCharsets.UTF_8));
            channel.waitForConfirmsOrDie(PATIENCE);
        } catch (Exception e) {
            throw new IllegalStateException("a task could not publish", e);
        }
    }

    @Override
    public void store(byte[][] bodies, Runnable committing) {
        transactions.inTransaction(transaction -> {
            for (byte[] body : bodies) {
                outbox.schedule(Task.class).publish(new String(body, StandardCharsets.UTF_8));
            }
            committing.run();
        });
    }

    @Override
    public void start() {
        threads.prestartAllCoreThreads();
        outbox = outbox(Submitter.withExecutor(threads), Clock.systemUTC());
        flushing.start();
    }

    /** Takes as many rows as the queue has room for: those that found none would not be due again for two minutes. */
    private void flush() {
        try {
            while (!tally.over()) {
                if (queue.remainingCapacity() < 2 * FLUSHED || !outbox.flush()) {
                    LockSupport.parkNanos(PAUSE);
                }
            }
        } catch (RuntimeException e) {
            tally.failed(e);
        }
    }

    @Override
    public void close() throws InterruptedException {
        tally.end();
        flushing.join(PATIENCE);
        queue.clear();
        threads.shutdown();
        threads.awaitTermination(PATIENCE, TimeUnit.MILLISECONDS);
        connection.abort();
    }
}
