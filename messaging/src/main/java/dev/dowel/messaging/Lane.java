package dev.dowel.messaging;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One channel with publisher confirms and a window of unconfirmed messages. Each message ends in exactly one outcome. When
 * the channel ends, for whatever reason, everything on it fails and the next message opens a new one.
 */
final class Lane {
    private static final Logger LOG = LoggerFactory.getLogger(Publisher.class);
    private static final int WINDOW = 1_000;
    private static final int WINDOW_BYTES = 8 * 1024 * 1024;
    private static final String TOPIC = "topic";
    private static final long NOBODY = 0;

    private final PublishGate gate;
    private final long timeoutNanos;
    private final Runnable cutConnection;
    private final Executor executor;
    private final ReentrantLock lock = new ReentrantLock();
    private final Semaphore messages = new Semaphore(WINDOW);
    private final Semaphore bytes = new Semaphore(WINDOW_BYTES);
    private volatile @Nullable Line line;
    private volatile long writingSince = NOBODY;

    /** A write that hangs is ended by cutting the connection; channels are closed on the executor, since that may hang too. */
    Lane(PublishGate gate, Duration timeout, Runnable cutConnection, Executor executor) {
        this.gate = gate;
        this.timeoutNanos = timeout.toNanos();
        this.cutConnection = cutConnection;
        this.executor = executor;
    }

    /** A channel and what is unconfirmed on it. */
    private static final class Line {
        private final Channel channel;
        private final ConcurrentNavigableMap<Long, Entry> inFlight = new ConcurrentSkipListMap<>();
        private final Set<String> exchanges = new HashSet<>();
        private volatile boolean retired;

        Line(Channel channel) {
            this.channel = channel;
        }
    }

    /** One unconfirmed message. */
    private static final class Entry {
        private final String exchange;
        private final String routingKey;
        private final @Nullable String messageId;
        private final int size;
        private final long sentAt = System.nanoTime();
        private final CompletableFuture<Void> outcome = new CompletableFuture<>();
        private volatile boolean returned;

        Entry(String exchange, String routingKey, @Nullable String messageId, int size) {
            this.exchange = exchange;
            this.routingKey = routingKey;
            this.messageId = messageId;
            this.size = size;
        }

        String description() {
            return routingKey + " to " + (exchange.isEmpty() ? "a queue" : "exchange " + exchange);
        }
    }

    /**
     * Publishes; blocks while the window is full or the gate is shut, at most for the timeout. The future completes on a
     * thread of the client's, so nothing that blocks may depend on it directly.
     */
    CompletableFuture<Void> publish(
            String exchange, String routingKey, boolean mandatory, AMQP.BasicProperties properties, byte[] body) {
        long deadline = System.nanoTime() + timeoutNanos;
        Entry entry = new Entry(exchange, routingKey, properties.getMessageId(), Math.min(body.length, WINDOW_BYTES));
        boolean counted = false;
        boolean locked = false;
        try {
            Connection connection = gate.await(deadline, entry.description());
            counted = acquire(entry, deadline);
            locked = lock.tryLock(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (!counted || !locked) {
                throw new PublishException(
                        PublishException.Kind.BLOCKED,
                        entry.description() + " was not sent: the window of unconfirmed messages stayed full",
                        null);
            }
            writingSince = System.nanoTime() | 1;
            Line open = line(connection, entry);
            counted = false;
            send(open, entry, mandatory, properties, body);
        } catch (PublishException e) {
            entry.outcome.completeExceptionally(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            entry.outcome.completeExceptionally(new PublishException(
                    PublishException.Kind.NOT_CONNECTED, entry.description() + " was not sent: interrupted", e));
        } finally {
            if (locked) {
                writingSince = NOBODY;
                lock.unlock();
            }
            if (counted) {
                release(entry);
            }
        }
        return entry.outcome;
    }

    private boolean acquire(Entry entry, long deadline) throws InterruptedException {
        if (!messages.tryAcquire(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
            return false;
        }
        if (bytes.tryAcquire(entry.size, deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
            return true;
        }
        messages.release();
        return false;
    }

    private void release(Entry entry) {
        bytes.release(entry.size);
        messages.release();
    }

    private Line line(Connection connection, Entry entry) {
        try {
            Line open = line;
            if (open == null || open.retired || !open.channel.isOpen() || open.channel.getConnection() != connection) {
                open = open(connection);
            }
            if (!entry.exchange.isEmpty() && !open.exchanges.contains(entry.exchange)) {
                declare(connection, entry.exchange);
                open.exchanges.add(entry.exchange);
            }
            return open;
        } catch (IOException | ShutdownSignalException e) {
            throw new PublishException(
                    PublishException.Kind.NOT_CONNECTED,
                    entry.description()
                            + " was not sent: the channel could not be opened or the exchange not declared: "
                            + SupervisedConnection.describe(rootOf(e)),
                    e);
        }
    }

    /**
     * Declares the exchange on a channel of its own, since a refusal closes the channel. An exchange that is there already,
     * of whatever type and whoever may declare it, is good enough.
     */
    private static void declare(Connection connection, String exchange) throws IOException {
        try {
            onOwnChannel(connection, channel -> channel.exchangeDeclare(exchange, TOPIC, true));
        } catch (IOException refused) {
            try {
                onOwnChannel(connection, channel -> channel.exchangeDeclarePassive(exchange));
            } catch (IOException missing) {
                refused.addSuppressed(missing);
                throw refused;
            }
        }
    }

    private interface Declaration {
        void on(Channel channel) throws IOException;
    }

    private static void onOwnChannel(Connection connection, Declaration declaration) throws IOException {
        Channel channel = openChannel(connection);
        try {
            declaration.on(channel);
        } finally {
            channel.abort();
        }
    }

    private static Channel openChannel(Connection connection) throws IOException {
        return connection.openChannel().orElseThrow(() -> new IOException("no channel number is free"));
    }

    private static Throwable rootOf(Exception e) {
        return e.getCause() == null ? e : e.getCause();
    }

    private Line open(Connection connection) throws IOException {
        Line fresh = new Line(openChannel(connection));
        fresh.channel.addConfirmListener(
                (tag, multiple) -> settle(fresh, tag, multiple, true),
                (tag, multiple) -> settle(fresh, tag, multiple, false));
        fresh.channel.addReturnListener(returned -> fresh.inFlight.values().stream()
                .filter(entry -> returned.getRoutingKey().equals(entry.routingKey)
                        && returned.getExchange().equals(entry.exchange)
                        && java.util.Objects.equals(returned.getProperties().getMessageId(), entry.messageId))
                .forEach(entry -> entry.returned = true));
        fresh.channel.addShutdownListener(cause -> fail(fresh, cause));
        fresh.channel.confirmSelect();
        line = fresh;
        return fresh;
    }

    private void send(Line open, Entry entry, boolean mandatory, AMQP.BasicProperties properties, byte[] body) {
        long tag = open.channel.getNextPublishSeqNo();
        open.inFlight.put(tag, entry);
        try {
            open.channel.basicPublish(entry.exchange, entry.routingKey, mandatory, properties, body);
        } catch (AlreadyClosedException e) {
            finish(open, tag, entry, PublishException.Kind.NOT_CONNECTED, " was not sent: the channel was closed", e);
        } catch (IOException | RuntimeException e) {
            finish(
                    open,
                    tag,
                    entry,
                    PublishException.Kind.CONNECTION_LOST,
                    " has an unknown outcome: sending broke off",
                    e);
            // The client has counted a message that the broker may not have seen: later confirms would be off by one.
            retire(open);
        }
        if (open.retired || !open.channel.isOpen()) {
            // The shutdown listener may have run before the entry was in its map.
            finish(
                    open,
                    tag,
                    entry,
                    PublishException.Kind.CONNECTION_LOST,
                    " has an unknown outcome: the channel was closed",
                    null);
        }
    }

    private void settle(Line confirmed, long tag, boolean multiple, boolean ack) {
        Map<Long, Entry> settled =
                multiple ? confirmed.inFlight.headMap(tag, true) : confirmed.inFlight.subMap(tag, true, tag, true);
        settled.forEach((key, entry) -> {
            if (!ack) {
                finish(
                        confirmed,
                        key,
                        entry,
                        PublishException.Kind.NACKED,
                        " was refused by the broker (basic.nack)",
                        null);
            } else if (entry.returned) {
                finish(
                        confirmed,
                        key,
                        entry,
                        PublishException.Kind.UNROUTABLE,
                        " reached no queue: nobody has bound one for this routing key; the broker did not keep it",
                        null);
            } else if (confirmed.inFlight.remove(key, entry)) {
                release(entry);
                entry.outcome.complete(null);
            }
        });
    }

    private void fail(Line lost, ShutdownSignalException cause) {
        String reason = String.valueOf(cause.getReason());
        lost.inFlight.forEach((tag, entry) -> {
            if (reason.contains("NOT_FOUND - no exchange '" + entry.exchange + "'")) {
                finish(
                        lost,
                        tag,
                        entry,
                        PublishException.Kind.NO_EXCHANGE,
                        " was not kept: the exchange does not exist",
                        cause);
            } else {
                finish(
                        lost,
                        tag,
                        entry,
                        PublishException.Kind.CONNECTION_LOST,
                        " has an unknown outcome: the connection or channel was lost before the confirm",
                        cause);
            }
        });
    }

    /** Fails what has waited for its confirm too long, and replaces the channel: a late confirm must meet nobody. */
    void expire() {
        long writing = writingSince;
        if (writing != NOBODY && System.nanoTime() - writing > timeoutNanos) {
            cutConnection.run();
        }
        Line open = line;
        if (open == null) {
            return;
        }
        Map.Entry<Long, Entry> oldest = open.inFlight.firstEntry();
        if (oldest != null && System.nanoTime() - oldest.getValue().sentAt > timeoutNanos) {
            finish(
                    open,
                    oldest.getKey(),
                    oldest.getValue(),
                    PublishException.Kind.TIMEOUT,
                    " has an unknown outcome: no confirm came in time",
                    null);
            retire(open);
        }
    }

    /** Fails whatever is still unconfirmed. */
    void close() {
        Line open = line;
        if (open != null) {
            retire(open);
        }
    }

    /** Takes a channel out of use; what is unconfirmed on it fails. */
    private void retire(Line old) {
        old.retired = true;
        old.inFlight.forEach((tag, entry) -> finish(
                old,
                tag,
                entry,
                PublishException.Kind.CONNECTION_LOST,
                " has an unknown outcome: its channel was replaced before the confirm",
                null));
        executor.execute(() -> {
            try {
                old.channel.abort();
            } catch (IOException | RuntimeException e) {
                LOG.debug("A channel could not be closed; it ends with its connection", e);
            }
        });
    }

    private void finish(
            Line of, long tag, Entry entry, PublishException.Kind kind, String what, @Nullable Exception cause) {
        if (of.inFlight.remove(tag, entry)) {
            release(entry);
            entry.outcome.completeExceptionally(new PublishException(kind, entry.description() + what, cause));
        }
    }
}
