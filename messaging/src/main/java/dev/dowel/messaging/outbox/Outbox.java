package dev.dowel.messaging.outbox;

import dev.dowel.messaging.EncodedMessage;
import dev.dowel.messaging.Message;
import dev.dowel.messaging.MessageSet;
import dev.dowel.messaging.Messaging;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
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
    private final AtomicBoolean closed = new AtomicBoolean();

    private Outbox(Builder builder, Messaging messaging) {
        this.database = builder.database;
        this.messaging = messaging;
        this.relay = new Relay(database, messaging, builder.batchSize, builder.pollInterval, builder.confirmTimeout);
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
     * Stores a message in the caller's transaction.
     *
     * @param connection a connection of the service's database with auto-commit off
     * @param exchange where it will be published, 1 to 255 bytes in UTF-8
     * @param message the message
     * @throws OutboxException if the connection commits by itself, or the database refuses
     * @throws IllegalArgumentException if the exchange's name is empty or longer
     */
    public void enqueue(Connection connection, String exchange, Message<?> message) {
        store(connection, exchange, List.of(message.encode(messaging.json())));
    }

    /**
     * Stores every message of a set in the caller's transaction.
     *
     * @param connection a connection of the service's database with auto-commit off
     * @param exchange where they will be published, 1 to 255 bytes in UTF-8
     * @param set one event in several versions, at least one
     * @throws OutboxException if the connection commits by itself, or the database refuses
     * @throws IllegalArgumentException if the set is empty, or the exchange's name is empty or longer
     */
    public void enqueue(Connection connection, String exchange, MessageSet set) {
        if (set.messages().isEmpty()) {
            throw new IllegalArgumentException("The set is empty: add the event in at least one version");
        }
        store(
                connection,
                exchange,
                set.messages().stream()
                        .map(message -> message.encode(messaging.json()))
                        .toList());
    }

    private void store(Connection connection, String exchange, List<EncodedMessage> messages) {
        Objects.requireNonNull(exchange, "exchange");
        // Refuses here, before the commit, the name that it would refuse to the relay.
        messaging.publisher(exchange);
        try {
            if (connection.getAutoCommit()) {
                throw new OutboxException(
                        "The connection commits by itself, so the message would not share the transaction of your data:"
                                + " setAutoCommit(false), or use inTransaction",
                        null);
            }
            OutboxTable.insert(connection, exchange, messages);
        } catch (SQLException e) {
            throw new OutboxException("The outbox could not store " + messages.get(0), e);
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
     * Runs the work in a transaction, commits, and wakes the relay.
     *
     * @param <R> the result's type
     * @param work stores the service's data and enqueues messages
     * @return the work's result
     * @throws OutboxException if the work threw a checked exception or the database refused; nothing took effect, unless
     *     the message says that the commit failed: then that is unknown
     */
    public <R> R inTransaction(Work<R> work) {
        try {
            R result = Transaction.run(database, work);
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
        try (Connection connection = database.getConnection()) {
            return OutboxTable.pending(connection);
        } catch (SQLException e) {
            throw new OutboxException("The outbox could not be counted", e);
        }
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
        private int batchSize = 500;
        private Duration pollInterval = Duration.ofSeconds(1);
        private Duration confirmTimeout = Duration.ofSeconds(10);

        private Builder(DataSource database) {
            this.database = Objects.requireNonNull(database, "database");
        }

        /**
         * Sets what the relay publishes with.
         *
         * @param newMessaging started and closed by the caller
         * @return this builder
         */
        public Builder publishWith(Messaging newMessaging) {
            this.messaging = Objects.requireNonNull(newMessaging, "newMessaging");
            return this;
        }

        /**
         * Sets how many rows are published at once.
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
         * Sets how long a batch may wait for its confirms, with its transaction open.
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
