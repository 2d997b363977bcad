package dev.dowel.messaging.outbox;

import dev.dowel.messaging.EncodedMessage;
import dev.dowel.messaging.Message;
import dev.dowel.messaging.MessageSet;
import dev.dowel.messaging.Messaging;
import dev.dowel.messaging.PublishException;
import dev.dowel.messaging.Publisher;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Stores events in the service's own transaction and publishes them afterwards: what is committed is published at least
 * once, whatever dies in between; what is rolled back is not. Messages of one key are published in the order of their
 * rows; that is the order of writing where the writers of a key wait for each other (a row lock, a version check). Safe
 * for use by several threads; several instances share one table.
 *
 * <pre>{@code
 * outbox.inTransaction(connection -> {
 *     users.delete(connection, id);
 *     outbox.enqueue(connection, "events", Message.of(USER_DELETED, new UserDeleted(id)).key(id));
 *     return null;
 * });
 * }</pre>
 */
public final class Outbox implements AutoCloseable {
    private final DataSource database;
    private final Messaging messaging;
    private final Relay relay;
    private final CurrentTransaction transactions;
    private final OwnTransaction own = new OwnTransaction();
    private final AtomicBoolean closed = new AtomicBoolean();

    private Outbox(Builder builder, Messaging messaging) {
        this.database = builder.database;
        this.messaging = messaging;
        this.transactions = builder.transactions;
        this.relay = new Relay(database, messaging, builder.relayOptions(messaging.publishTimeout()));
        builder.listeners.forEach(listener -> listener.attached(this::health));
    }

    /**
     * Starts to build.
     *
     * @param database the service's own database, with the tables of {@link OutboxSchema}
     * @return a builder that needs messaging
     */
    public static Builder builder(DataSource database) {
        return new Builder(database);
    }

    /** Starts the relay on a thread of its own. Does nothing the second time. Needs neither database nor broker yet. */
    public void start() {
        relay.start();
    }

    /**
     * Stores a message in the caller's transaction, with the trace of the calling thread.
     *
     * @param connection a connection of the service's database with auto-commit off
     * @param exchange where it will be published, 1 to 255 bytes in UTF-8
     * @param message the message
     * @throws OutboxException if the connection commits by itself, or the database refuses
     * @throws PublishException with {@code TOO_LARGE} if the encoded body is larger than what {@code publishWith} publishes
     * @throws IllegalArgumentException if the exchange's name is empty or longer, or the body cannot be encoded
     */
    public void enqueue(Connection connection, String exchange, Message<?> message) {
        store(connection, exchange, List.of(message));
    }

    /**
     * Stores every message of a set in the caller's transaction, with the trace of the calling thread.
     *
     * @param connection a connection of the service's database with auto-commit off
     * @param exchange where they will be published, 1 to 255 bytes in UTF-8
     * @param set one event in several versions, at least one
     * @throws OutboxException if the connection commits by itself, or the database refuses
     * @throws PublishException with {@code TOO_LARGE} if an encoded body is larger than what {@code publishWith} publishes
     * @throws IllegalArgumentException if the set is empty, the exchange's name is empty or longer, or a body cannot be
     *     encoded
     */
    public void enqueue(Connection connection, String exchange, MessageSet set) {
        if (set.messages().isEmpty()) {
            throw new IllegalArgumentException("The set is empty: add the event in at least one version");
        }
        store(connection, exchange, set.messages());
    }

    /**
     * Returns what a service layer publishes with. It joins the transaction of {@link #inTransaction} on the same thread,
     * else the one that {@link Builder#transactions} finds.
     *
     * @param exchange where its messages will be published, 1 to 255 bytes in UTF-8
     * @return a publisher for that exchange
     * @throws IllegalArgumentException if the exchange's name is empty or longer
     */
    public EventPublisher publisher(String exchange) {
        messaging.publisher(Objects.requireNonNull(exchange, "exchange"));
        return new OutboxPublisher(this, own, transactions, exchange);
    }

    private void store(Connection connection, String exchange, List<Message<?>> messages) {
        // Refuses here, before the commit, what it would refuse to the relay.
        Publisher publisher = messaging.publisher(Objects.requireNonNull(exchange, "exchange"));
        List<EncodedMessage> encoded = new ArrayList<>();
        messages.forEach(message -> encoded.add(publisher.encode(message)));
        try {
            if (connection.getAutoCommit()) {
                throw new OutboxException(
                        "The connection commits by itself, so the message would not share the transaction of your data:"
                                + " setAutoCommit(false), or use inTransaction",
                        null);
            }
            OutboxTable.insert(connection, exchange, encoded);
        } catch (SQLException e) {
            throw new OutboxException(
                    "The outbox could not store " + messages.get(0), DatabaseFailure.withoutValues(e));
        }
    }

    /** What runs in a transaction. */
    @FunctionalInterface
    public interface Work<R> {
        /**
         * Does the work.
         *
         * @param connection the transaction's connection; commit, rollback and close belong to the outbox
         * @return the result
         * @throws Exception any failure; rolls back
         */
        R run(Connection connection) throws Exception;
    }

    /**
     * Runs the work in a transaction of its own, commits, and wakes the relay. What the work publishes with a {@link
     * #publisher} on the same thread shares the transaction.
     *
     * @param <R> the result's type
     * @param work stores the service's data and enqueues messages
     * @return the work's result
     * @throws OutboxException if the work threw a checked exception or the database refused; nothing took effect, unless
     *     the message says that the commit failed: then that is unknown
     */
    public <R> R inTransaction(Work<R> work) {
        try {
            R result = Transaction.run(database, connection -> own.within(connection, work));
            relay.wake();
            return result;
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            throw new OutboxException("The transaction failed and was rolled back", e);
        }
    }

    /** Makes the relay look at once; call it after a commit of your own. Without it the relay looks within seconds. */
    public void wake() {
        relay.wake();
    }

    /**
     * Counts the messages that wait to be published; parked ones do not.
     *
     * @return 0 to 10,001; the last means more than 10,000
     * @throws OutboxException if the database refuses
     */
    public long pending() {
        return OutboxState.read(database, "The outbox could not be counted", OutboxState::pending);
    }

    /**
     * Returns messages that are not sent any more: too large, unreadable, or refused or without an exchange too often.
     *
     * @param max how many at most, 1 to 10,000
     * @return those stored first, in the order of their rows
     * @throws OutboxException if the database refuses
     */
    public List<ParkedRow> parked(int max) {
        if (max < 1 || max > 10_000) {
            throw new IllegalArgumentException("max is 1 to 10000, not " + max);
        }
        return OutboxState.read(
                database, "The parked messages could not be read", connection -> OutboxState.parked(connection, max));
    }

    /**
     * Makes a parked message due again, with all its attempts before it. It goes out in the order of its row, though those
     * of its key that came later may have gone before.
     *
     * @param id a row's number
     * @return false if no message with that number is parked
     * @throws OutboxException if the database refuses
     */
    public boolean retryParked(long id) {
        boolean found = OutboxState.read(
                database, "A parked message could not be made due", connection -> OutboxState.retry(connection, id));
        relay.wake();
        return found;
    }

    /**
     * Makes all parked messages due again, one after the other.
     *
     * @return how many
     * @throws OutboxException if the database refuses; some may be due then
     */
    public long retryAllParked() {
        long found = OutboxState.read(database, "The parked messages could not be made due", OutboxState::retryAll);
        relay.wake();
        return found;
    }

    /**
     * Deletes a parked message; it is never sent.
     *
     * @param id a row's number
     * @return false if no message with that number is parked
     * @throws OutboxException if the database refuses
     */
    public boolean discardParked(long id) {
        return OutboxState.read(
                database, "A parked message could not be deleted", connection -> OutboxState.discard(connection, id));
    }

    /**
     * Tells how the outbox is, by a few cheap queries. Does not throw; while the database is away it waits for as long as
     * the data source does for a connection.
     *
     * @return the state
     */
    public OutboxHealth health() {
        return HealthCheck.of(database, relay);
    }

    /** Stops the relay within the confirm timeout; what it had not deleted is published again by the next one. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            relay.close();
        }
    }

    /** Collects options. For one thread. */
    public static final class Builder {
        private final DataSource database;
        private @Nullable Messaging messaging;
        private CurrentTransaction transactions = new NoTransaction();
        private final List<OutboxListener> listeners = new ArrayList<>();
        private int batchSize = 500;
        private Duration pollInterval = Duration.ofSeconds(1);
        private Duration confirmTimeout = Duration.ofSeconds(10);
        private Duration idleSlack = Duration.ofSeconds(30);

        private Builder(DataSource database) {
            this.database = Objects.requireNonNull(database, "database");
        }

        /**
         * Sets what the relay publishes with.
         *
         * @param messaging started and closed by the caller
         * @return this builder
         */
        public Builder publishWith(Messaging messaging) {
            this.messaging = Objects.requireNonNull(messaging, "messaging");
            return this;
        }

        /**
         * Sets where {@link Outbox#publisher} finds the service's transactions.
         *
         * @param transactions knows the transactions on the data source of this outbox; default: there are none but
         *     those of {@link Outbox#inTransaction}
         * @return this builder
         */
        public Builder transactions(CurrentTransaction transactions) {
            this.transactions = Objects.requireNonNull(transactions, "transactions");
            return this;
        }

        /**
         * Sets how many rows are published at once, of eight of the sixteen shards at most; fewer where they have more than
         * 8 MiB together, but always one.
         *
         * @param rows 1 to 10,000; default 500
         * @return this builder
         */
        public Builder batchSize(int rows) {
            if (rows < 1 || rows > 10_000) {
                throw new IllegalArgumentException("batchSize is 1 to 10000, not " + rows);
            }
            this.batchSize = rows;
            return this;
        }

        /**
         * Sets how often the relay looks without being woken; when it finds nothing it looks less often, down to a fifth.
         *
         * @param interval 10 ms to 1 minute; default 1 s
         * @return this builder
         */
        public Builder pollInterval(Duration interval) {
            if (interval.toMillis() < 10 || interval.compareTo(Duration.ofMinutes(1)) > 0) {
                throw new IllegalArgumentException("pollInterval is 10 ms to 1 minute, not " + interval);
            }
            this.pollInterval = interval;
            return this;
        }

        /**
         * Sets how long a batch may wait for its confirms, with its transaction open; in the second half of it no message
         * is taken up behind another of its key, so that what is sent can be confirmed. A message that waits to be sent
         * then may take the publish timeout of the messaging longer. The database is told to give a relay's transaction up
         * that is idle for 30 s more than both, so that one whose host vanished does not keep its lock; H2 cannot.
         *
         * @param timeout 100 ms to 1 minute; default 10 s
         * @return this builder
         */
        public Builder confirmTimeout(Duration timeout) {
            if (timeout.toMillis() < 100 || timeout.compareTo(Duration.ofMinutes(1)) > 0) {
                throw new IllegalArgumentException("confirmTimeout is 100 ms to 1 minute, not " + timeout);
            }
            this.confirmTimeout = timeout;
            return this;
        }

        /** Sets for how much longer than confirm and publish timeout the database lets a relay's transaction be idle. */
        Builder idleSlack(Duration slack) {
            this.idleSlack = slack;
            return this;
        }

        /**
         * Adds somebody who hears what the relay does. May be called several times.
         *
         * @param listener such as the one of the package {@code dev.dowel.messaging.micrometer}
         * @return this builder
         */
        public Builder listener(OutboxListener listener) {
            listeners.add(Objects.requireNonNull(listener, "listener"));
            return this;
        }

        private RelayOptions relayOptions(Duration publishTimeout) {
            return new RelayOptions(
                    batchSize,
                    pollInterval,
                    confirmTimeout,
                    confirmTimeout.plus(publishTimeout).plus(idleSlack),
                    List.copyOf(listeners));
        }

        /**
         * Builds.
         *
         * @return an outbox whose relay is not started
         * @throws IllegalStateException if there is no messaging
         */
        public Outbox build() {
            if (messaging == null) {
                throw new IllegalStateException("publishWith is required: the relay publishes with it");
            }
            return new Outbox(this, messaging);
        }
    }
}
