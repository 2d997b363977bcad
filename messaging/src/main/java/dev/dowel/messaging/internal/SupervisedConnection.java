package dev.dowel.messaging.internal;

import com.rabbitmq.client.BlockedListener;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.ShutdownSignalException;
import dev.dowel.messaging.ConnectionState;
import dev.dowel.messaging.Messaging;
import java.io.IOException;
import java.net.Socket;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection that is wanted until it is closed: a thread of its own connects, waits for the loss, backs off with full
 * jitter and connects again. The client's own recovery is off, because it loses confirms and consumers.
 */
final class SupervisedConnection implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Messaging.class);
    private static final int CLOSE_MILLIS = 5_000;
    /** How much of that the broker has to answer. */
    private static final int GOODBYE_MILLIS = 4_000;
    /** A broker may hang up on a login for other reasons than the login. */
    private static final int MOST_HANG_UPS = 5;
    /** A connection that the broker ends sooner counts as a failed attempt, else that would repeat without a pause. */
    private static final long SHORT_LIVED = TimeUnit.SECONDS.toNanos(5);

    private final String name;
    private final ConnectionFactory factory;
    private final ExecutorService dispatch;
    private final BrokerAddress address;
    private final BackOff backOff;
    private final Consumer<ConnectionState> onChange;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;
    private volatile @Nullable Connection connection;
    private volatile @Nullable Socket socket;
    private volatile ConnectionState state = ConnectionState.NEW;
    private volatile @Nullable Instant blockedSince;
    private volatile String lastError = "";
    /** For the connection's own thread only: attempts that failed in a row, and whether the last was for good. */
    private int failures;

    private boolean lasting;

    /** Consumers run on the executor. The callback is called on the connection's thread after each change of state; it must be quick. */
    SupervisedConnection(
            String name,
            ConnectionFactory factory,
            ExecutorService dispatch,
            BrokerAddress address,
            BackOff backOff,
            Consumer<ConnectionState> onChange) {
        this.name = name;
        this.factory = factory;
        this.dispatch = dispatch;
        this.address = address;
        this.backOff = backOff;
        this.onChange = onChange;
        // The one that is there verifies the host's name under TLS.
        factory.setSocketConfigurator(factory.getSocketConfigurator().andThen(connecting -> socket = connecting));
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

    /** Returns when the broker began to block this connection, if it still does. */
    Optional<Instant> blockedSince() {
        return state() == ConnectionState.BLOCKED ? Optional.ofNullable(blockedSince) : Optional.empty();
    }

    private void run() {
        try {
            while (closed.getCount() > 0) {
                change(ConnectionState.CONNECTING);
                Optional<Connection> open = connect();
                if (open.isPresent()) {
                    awaitLoss(open.get());
                }
                connection = null;
                if (closed.getCount() > 0) {
                    change(ConnectionState.BACKING_OFF);
                    closed.await(lasting ? backOff.slowMillis() : backOff.millis(failures), TimeUnit.MILLISECONDS);
                }
            }
        } catch (InterruptedException e) {
            // Only close() interrupts: the loop ends.
            Thread.currentThread().interrupt();
        }
        change(ConnectionState.CLOSED);
    }

    private Optional<Connection> connect() {
        try {
            Connection open = factory.newConnection(dispatch, address.resolver(), name);
            open.addBlockedListener(new Gate(open));
            connection = open;
            if (closed.getCount() == 0) {
                open.abort(GOODBYE_MILLIS);
                return Optional.empty();
            }
            LOG.info("{} is connected to {}", name, address);
            lasting = false;
            lastError = "";
            change(ConnectionState.CONNECTED);
            return Optional.of(open);
        } catch (Throwable e) { // NOPMD: whatever it is, a thread that ends here would never connect again
            failed(ConnectFailure.of(e, address.tls()));
            return Optional.empty();
        }
    }

    private void failed(ConnectFailure failure) {
        lastError = "Cannot connect to " + address + ": " + failure.reason();
        boolean forGood = failure.lasting() || (failure.perhapsLasting() && failures >= MOST_HANG_UPS);
        if (forGood && !lasting) {
            LOG.error("{}: {}; retrying slowly", name, lastError);
        } else if (failures == 0) {
            LOG.warn("{}: {}; retrying in the background", name, lastError);
        }
        // With several hosts it is chance which failure came last; one that somebody must mend is told once.
        lasting |= forGood;
        failures++;
    }

    private void awaitLoss(Connection open) throws InterruptedException {
        long since = System.nanoTime();
        CountDownLatch lost = new CountDownLatch(1);
        open.addShutdownListener(cause -> lost.countDown());
        lost.await();
        failures = System.nanoTime() - since < SHORT_LIVED ? failures + 1 : 0;
        if (closed.getCount() > 0) {
            ShutdownSignalException cause = open.getCloseReason();
            lastError = "Lost the connection to " + address + (cause == null ? "" : ": " + describe(cause));
            LOG.warn("{}: {}; reconnecting", name, lastError);
        }
    }

    private static String describe(ShutdownSignalException cause) {
        return ConnectFailure.describe(cause.getCause() == null ? cause : cause.getCause());
    }

    private void change(ConnectionState next) {
        state = next;
        try {
            onChange.accept(next);
        } catch (Throwable e) { // NOPMD: whatever it is, a thread that ends here would never connect again
            LOG.warn("{}: who is told of connections failed", name, e);
        }
    }

    private final class Gate implements BlockedListener {
        private final Connection gated;

        Gate(Connection gated) {
            this.gated = gated;
        }

        @Override
        public void handleBlocked(String reason) {
            LOG.warn("{} is blocked by the broker: {}", name, reason);
            blockedSince = Instant.now();
            changeIfCurrent(ConnectionState.BLOCKED);
        }

        @Override
        public void handleUnblocked() {
            LOG.info("{} is no longer blocked", name);
            changeIfCurrent(ConnectionState.CONNECTED);
        }

        private void changeIfCurrent(ConnectionState next) {
            if (connection == gated) {
                change(next);
            }
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
            if (open instanceof SSLSocket) {
                // Else closing waits, to say goodbye, for the write that hangs.
                open.setSoLinger(true, 0);
            }
            open.close();
        } catch (IOException e) {
            LOG.debug("A socket could not be closed", e);
        }
    }

    /** Closes within five seconds, even if the broker takes nothing any more. */
    @Override
    public void close() {
        closed.countDown();
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(CLOSE_MILLIS);
        try {
            Connection open = connection;
            if (open != null) {
                Thread closing = new Thread(() -> open.abort(GOODBYE_MILLIS), name + " closing");
                closing.setDaemon(true);
                closing.start();
                closing.join(GOODBYE_MILLIS);
            }
            Socket left = socket;
            if (left != null) {
                closeQuietly(left);
            }
            thread.interrupt();
            thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime())));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        state = ConnectionState.CLOSED;
    }
}
