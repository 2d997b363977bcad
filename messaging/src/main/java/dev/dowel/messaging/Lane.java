package dev.dowel.messaging;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The way to the broker: a channel with a window of unconfirmed messages, and another on which a message that may make the
 * broker close its channel travels alone. Each message ends in exactly one outcome. When a channel ends, for whatever
 * reason, everything on it fails and the next message opens a new one.
 */
final class Lane {
    private static final int WINDOW = 1_000;
    private static final int WINDOW_BYTES = 8 * 1024 * 1024;
    private static final long SHORTEST_CUT = TimeUnit.SECONDS.toNanos(5);
    private static final long NOBODY = 0;

    private final PublishGate gate;
    private final long timeoutNanos;
    private final Runnable cutConnection;
    private final Executor executor;
    private final ReentrantLock lock = new ReentrantLock();
    private final Semaphore messages = new Semaphore(WINDOW);
    private final Semaphore bytes = new Semaphore(WINDOW_BYTES);
    private final Semaphore oneApart = new Semaphore(1);
    private final Suspects suspects = new Suspects();
    private volatile @Nullable Line shared;
    private volatile @Nullable Line aside;
    private volatile long writingSince = NOBODY;

    /** A write that hangs is ended by cutting the connection; channels are closed on the executor, since that may hang too. */
    Lane(PublishGate gate, Duration timeout, Runnable cutConnection, Executor executor) {
        this.gate = gate;
        this.timeoutNanos = timeout.toNanos();
        this.cutConnection = cutConnection;
        this.executor = executor;
    }

    /**
     * Publishes; blocks while the window is full or the gate is shut, at most for the timeout. The future completes on a
     * thread of the client's, so nothing that blocks may depend on it directly.
     */
    CompletableFuture<Void> publish(
            String exchange, String routingKey, boolean mandatory, AMQP.BasicProperties properties, byte[] body) {
        long deadline = System.nanoTime() + timeoutNanos;
        Publication one = new Publication(exchange, routingKey, mandatory, properties, body);
        boolean counted = false;
        boolean locked = false;
        try {
            Connection connection = gate.await(deadline, one.description());
            one.checkFits(connection);
            counted = acquire(one, deadline);
            locked = lock.tryLock(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (!counted || !locked) {
                throw one.failure(
                        PublishException.Kind.BLOCKED,
                        " was not sent: the window of unconfirmed messages stayed full",
                        null);
            }
            writingSince = System.nanoTime() | 1;
            boolean sent = line(connection, one).send(one);
            if (!sent) {
                // Another message has ended the channel in between: a new one takes it.
                sent = line(connection, one).send(one);
            }
            if (!sent) {
                throw one.failure(PublishException.Kind.NOT_CONNECTED, " was not sent: the channel was closed", null);
            }
            counted = false;
        } catch (PublishException e) {
            one.outcome().completeExceptionally(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            one.outcome()
                    .completeExceptionally(
                            one.failure(PublishException.Kind.NOT_CONNECTED, " was not sent: interrupted", e));
        } finally {
            if (locked) {
                writingSince = NOBODY;
                lock.unlock();
            }
            if (counted) {
                release(one);
            }
        }
        return one.outcome();
    }

    private boolean acquire(Publication one, long deadline) throws InterruptedException {
        if (suspects.contains(one)) {
            if (!oneApart.tryAcquire(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                return false;
            }
            one.apart(true);
        }
        if (messages.tryAcquire(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
            if (bytes.tryAcquire(weight(one), deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                return true;
            }
            messages.release();
        }
        releaseApart(one);
        return false;
    }

    private void release(Publication one) {
        bytes.release(weight(one));
        messages.release();
        releaseApart(one);
    }

    private void releaseApart(Publication one) {
        if (one.apart()) {
            one.apart(false);
            oneApart.release();
        }
    }

    private static int weight(Publication one) {
        return Math.min(one.body().length, WINDOW_BYTES);
    }

    private Line line(Connection connection, Publication one) {
        try {
            Line line = one.apart() ? aside : shared;
            if (line == null || !line.usableOn(connection)) {
                line = Line.open(connection, suspects, this::release, executor);
                if (one.apart()) {
                    aside = line;
                } else {
                    shared = line;
                }
            }
            line.ensure(one.exchange());
            return line;
        } catch (IOException | ShutdownSignalException e) {
            String reason = SupervisedConnection.describe(e.getCause() == null ? e : e.getCause());
            throw Exchanges.refusedByBroker(e)
                    ? one.failure(
                            PublishException.Kind.NO_EXCHANGE,
                            " was not sent: the exchange is not there and could not be declared: " + reason,
                            e)
                    : one.failure(
                            PublishException.Kind.NOT_CONNECTED,
                            " was not sent: the channel could not be opened or the exchange not declared: " + reason,
                            e);
        }
    }

    /** Fails what has waited for its confirm too long, and cuts a connection on which a write hangs. */
    void expire() {
        long writing = writingSince;
        // The broker's answers to what is asked before the first message take their time, however short the timeout.
        if (writing != NOBODY && System.nanoTime() - writing > Math.max(timeoutNanos, SHORTEST_CUT)) {
            cutConnection.run();
        }
        forEachLine(line -> line.expire(timeoutNanos));
    }

    /** Fails whatever is still unconfirmed. */
    void close() {
        forEachLine(Line::retire);
    }

    private void forEachLine(Consumer<Line> action) {
        for (Line line : new @Nullable Line[] {shared, aside}) {
            if (line != null) {
                action.accept(line);
            }
        }
    }
}
