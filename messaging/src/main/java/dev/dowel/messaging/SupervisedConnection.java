package dev.dowel.messaging;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Address;
import com.rabbitmq.client.AuthenticationFailureException;
import com.rabbitmq.client.BlockedListener;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.PossibleAuthenticationFailureException;
import com.rabbitmq.client.ShutdownSignalException;
import com.rabbitmq.client.SocketConfigurators;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection that is wanted until it is closed: a thread of its own connects, waits for the loss, backs off with full
 * jitter and connects again. The client's own recovery is off, because it loses confirms and consumers.
 */
final class SupervisedConnection implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Messaging.class);
    private static final long FIRST_BACK_OFF = 200;
    private static final long LONGEST_BACK_OFF = 10_000;
    private static final int CLOSE_MILLIS = 5_000;
    /** No back-off is shorter once the broker has refused the login or the vhost: somebody must mend that first. */
    private static final int REFUSED = 6;

    private final String name;
    private final ConnectionFactory factory;
    private final BrokerAddress address;
    private final Runnable onChange;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;
    private volatile @Nullable Connection connection;
    private volatile @Nullable Socket socket;
    private volatile ConnectionState state = ConnectionState.NEW;
    private volatile String lastError = "";

    /** The callback is called on the connection's thread after each change of state; it must be quick. */
    SupervisedConnection(String name, ConnectionFactory factory, BrokerAddress address, Runnable onChange) {
        this.name = name;
        this.factory = factory;
        this.address = address;
        this.onChange = onChange;
        factory.setSocketConfigurator(
                SocketConfigurators.defaultConfigurator().andThen(connecting -> socket = connecting));
        this.thread = new Thread(this::run, "dowel-messaging " + name);
        this.thread.setDaemon(true);
    }

    void start() {
        // Before the thread runs: who publishes right after the start waits for the connection.
        state = ConnectionState.CONNECTING;
        thread.start();
    }

    /** Returns the connection if it is open now. */
    Optional<Connection> current() {
        Connection open = connection;
        return open != null && open.isOpen() ? Optional.of(open) : Optional.empty();
    }

    ConnectionState state() {
        ConnectionState now = state;
        // Between the loss and the supervisor's noticing it.
        return connected(now) && current().isEmpty() ? ConnectionState.CONNECTING : now;
    }

    private static boolean connected(ConnectionState state) {
        return state == ConnectionState.CONNECTED || state == ConnectionState.BLOCKED;
    }

    String lastError() {
        return lastError;
    }

    private void run() {
        int failures = 0;
        try {
            while (closed.getCount() > 0) {
                change(ConnectionState.CONNECTING);
                CountDownLatch lost = new CountDownLatch(1);
                failures = connect(failures, lost);
                if (failures == 0) {
                    lost.await();
                    if (closed.getCount() > 0) {
                        LOG.warn("{} lost its connection to {}; reconnecting", name, address);
                    }
                }
                connection = null;
                if (closed.getCount() > 0) {
                    change(ConnectionState.BACKING_OFF);
                    closed.await(backOff(failures), TimeUnit.MILLISECONDS);
                }
            }
        } catch (InterruptedException e) {
            // Only close() interrupts: the loop ends.
            Thread.currentThread().interrupt();
        }
        change(ConnectionState.CLOSED);
    }

    private static long backOff(int failures) {
        long longest = Math.min(LONGEST_BACK_OFF, FIRST_BACK_OFF << Math.min(failures, 10));
        return ThreadLocalRandom.current().nextLong(longest) + 1;
    }

    /** Returns 0 if it is connected, else the number of failures in a row. */
    private int connect(int failures, CountDownLatch lost) {
        try {
            List<Address> addresses = new ArrayList<>(address.hosts());
            Collections.shuffle(addresses);
            Connection open = factory.newConnection(addresses, name);
            open.addBlockedListener(new Gate());
            open.addShutdownListener(cause -> lost.countDown());
            connection = open;
            if (closed.getCount() == 0) {
                open.abort(CLOSE_MILLIS);
                return 0;
            }
            LOG.info("{} is connected to {}", name, address);
            lastError = "";
            change(ConnectionState.CONNECTED);
            return 0;
        } catch (IOException | TimeoutException | RuntimeException e) {
            boolean refused = refused(e);
            Throwable told = refused && e.getCause() != null ? e.getCause() : e;
            String error = "Cannot connect to " + address + ": " + describe(told);
            if (refused && !error.equals(lastError)) {
                LOG.error("{}: {}; check user, password and vhost; retrying slowly", name, error);
            } else if (failures == 0) {
                LOG.warn("{}: {}; retrying in the background", name, error);
            }
            lastError = error;
            return Math.max(refused ? REFUSED : 0, failures + 1);
        }
    }

    /** Tells whether the broker answered and said no, to the login or to the vhost. */
    private static boolean refused(Exception e) {
        return e instanceof PossibleAuthenticationFailureException
                || e instanceof AuthenticationFailureException
                || (e.getCause() instanceof ShutdownSignalException signal
                        && signal.getReason() instanceof AMQP.Connection.Close);
    }

    static String describe(Throwable e) {
        String message = e.getMessage();
        return message == null ? e.getClass().getSimpleName() : e.getClass().getSimpleName() + " " + message;
    }

    private void change(ConnectionState next) {
        state = next;
        onChange.run();
    }

    private final class Gate implements BlockedListener {
        @Override
        public void handleBlocked(String reason) {
            LOG.warn("{} is blocked by the broker: {}", name, reason);
            change(ConnectionState.BLOCKED);
        }

        @Override
        public void handleUnblocked() {
            LOG.info("{} is no longer blocked", name);
            change(ConnectionState.CONNECTED);
        }
    }

    /** Closes the socket without a word to the broker. What hangs in a write or waits for an answer fails at once. */
    void cut() {
        Socket open = socket;
        if (open != null) {
            LOG.warn("{} hangs in a write and is cut", name);
            closeQuietly(open);
        }
    }

    private static void closeQuietly(Socket open) {
        try {
            open.close();
        } catch (IOException e) {
            LOG.debug("A socket could not be closed", e);
        }
    }

    /** Closes within about five seconds, even if the broker takes nothing any more. */
    @Override
    public void close() {
        closed.countDown();
        try {
            Connection open = connection;
            if (open != null) {
                Thread closing = new Thread(() -> open.abort(CLOSE_MILLIS), name + " closing");
                closing.setDaemon(true);
                closing.start();
                closing.join(CLOSE_MILLIS);
            }
            Socket left = socket;
            if (left != null) {
                closeQuietly(left);
            }
            thread.interrupt();
            thread.join(CLOSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        state = ConnectionState.CLOSED;
    }
}
