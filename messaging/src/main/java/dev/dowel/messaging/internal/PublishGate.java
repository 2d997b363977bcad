package dev.dowel.messaging.internal;

import com.rabbitmq.client.Connection;
import dev.dowel.messaging.ConnectionState;
import dev.dowel.messaging.PublishException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets publishers through while there is a connection that the broker does not block. While the first attempt or a new
 * attempt to connect is under way they wait; while the supervisor backs off they fail at once.
 */
final class PublishGate {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private @Nullable Supplier<ConnectionState> state;
    private @Nullable Supplier<Optional<Connection>> connection;

    void watch(Supplier<ConnectionState> newState, Supplier<Optional<Connection>> newConnection) {
        this.state = newState;
        this.connection = newConnection;
    }

    /** Wakes those who wait, so that they look again. */
    void changed() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private ConnectionState state() {
        return state == null ? ConnectionState.NEW : state.get();
    }

    /** Returns the connection as soon as it may be used; what is for the message if it may not. */
    Connection await(long deadline, Supplier<String> what) throws InterruptedException {
        lock.lock();
        try {
            while (true) {
                ConnectionState now = state();
                Optional<Connection> open = connection == null ? Optional.empty() : connection.get();
                if (now == ConnectionState.CONNECTED && open.isPresent()) {
                    return open.get();
                }
                long left = deadline - System.nanoTime();
                boolean waiting = now == ConnectionState.CONNECTING
                        || now == ConnectionState.BLOCKED
                        || now == ConnectionState.CONNECTED;
                if (!waiting || left <= 0) {
                    throw refused(now, what.get());
                }
                // A quarter of a second at most, because a connection can also end without a change of state.
                long slice = Math.min(left, TimeUnit.MILLISECONDS.toNanos(250));
                if (changed.awaitNanos(slice) <= 0 && slice == left) {
                    throw refused(state(), what.get());
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** Waits until the state is connected or blocked; returns false if it is not in time, or closed. */
    boolean awaitConnected(long deadline) throws InterruptedException {
        lock.lock();
        try {
            while (state() != ConnectionState.CONNECTED && state() != ConnectionState.BLOCKED) {
                long left = deadline - System.nanoTime();
                if (left <= 0 || state() == ConnectionState.CLOSED) {
                    return false;
                }
                if (changed.awaitNanos(left) <= 0) {
                    return state() == ConnectionState.CONNECTED;
                }
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    private static PublishException refused(ConnectionState state, String what) {
        return switch (state) {
            case BLOCKED ->
                new PublishException(
                        PublishException.Kind.BLOCKED, what + " was not sent: the broker blocks publishers", null);
            case NEW ->
                new PublishException(
                        PublishException.Kind.NOT_CONNECTED, what + " was not sent: call start() first", null);
            case CLOSED ->
                new PublishException(
                        PublishException.Kind.NOT_CONNECTED, what + " was not sent: messaging is closed", null);
            default ->
                new PublishException(
                        PublishException.Kind.NOT_CONNECTED,
                        what + " was not sent: there is no connection to the broker; it is being retried",
                        null);
        };
    }
}
