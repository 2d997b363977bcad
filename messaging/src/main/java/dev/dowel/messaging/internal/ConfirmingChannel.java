package dev.dowel.messaging.internal;

import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.Return;
import com.rabbitmq.client.ShutdownSignalException;
import dev.dowel.messaging.PublishException;
import dev.dowel.messaging.Publisher;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One channel with publisher confirms and what is unconfirmed on it. When the channel ends, all of that fails. */
final class ConfirmingChannel {
    private static final Logger LOG = LoggerFactory.getLogger(Publisher.class);

    private final Connection connection;
    private final Channel channel;
    private final Suspects suspects;
    private final Consumer<Publication> onDone;
    private final Executor executor;
    private final Unconfirmed unconfirmed = new Unconfirmed();
    private final Set<String> ensured = ConcurrentHashMap.newKeySet();
    private final Exchanges exchanges;
    private volatile boolean retired;
    private volatile boolean ended;
    private volatile long lastSettled = System.nanoTime();

    private ConfirmingChannel(
            Connection connection,
            Suspects suspects,
            Consumer<Publication> onDone,
            Executor executor,
            Exchanges exchanges)
            throws IOException {
        this.connection = connection;
        this.channel = Exchanges.openChannel(connection);
        this.suspects = suspects;
        this.onDone = onDone;
        this.executor = executor;
        this.exchanges = exchanges;
    }

    /**
     * Opens a channel. The callback is called once for each publication that was sent, before its outcome completes; the
     * channel is closed on the executor, since that may hang.
     */
    static ConfirmingChannel open(
            Connection connection,
            Suspects suspects,
            Consumer<Publication> onDone,
            Executor executor,
            Exchanges exchanges)
            throws IOException {
        ConfirmingChannel opened = new ConfirmingChannel(connection, suspects, onDone, executor, exchanges);
        opened.channel.addConfirmListener(
                (tag, multiple) -> opened.settle(tag, multiple, true),
                (tag, multiple) -> opened.settle(tag, multiple, false));
        opened.channel.addReturnListener(opened::returned);
        opened.channel.addShutdownListener(opened::fail);
        try {
            opened.channel.confirmSelect();
            return opened;
        } catch (IOException | RuntimeException e) {
            opened.retire();
            throw e;
        }
    }

    boolean usableOn(Connection wanted) {
        return !retired && channel.isOpen() && connection == wanted;
    }

    /** Tells whether it can be sent without asking the broker anything before. */
    boolean readyFor(Publication one) {
        return usableOn(one.connection()) && (one.exchange().isEmpty() || ensured.contains(one.exchange()));
    }

    /** Makes sure, once for the life of the channel, that an exchange is there. */
    void ensure(String exchange) throws IOException {
        if (!exchange.isEmpty() && !ensured.contains(exchange)) {
            exchanges.ensureUnlessJustRefused(connection, exchange);
            ensured.add(exchange);
        }
    }

    /** Sends; for one thread at a time. Returns false, and leaves the outcome open, if the channel was closed before. */
    boolean send(Publication one) {
        unconfirmed.add(channel.getNextPublishSeqNo(), one);
        try {
            channel.basicPublish(one.exchange(), one.routingKey(), one.mandatory(), one.properties(), one.body());
        } catch (AlreadyClosedException e) {
            return !unconfirmed.take(one);
        } catch (IOException | ShutdownSignalException e) {
            finish(one, PublishException.Kind.CONNECTION_LOST, " has an unknown outcome: sending broke off", e);
            retire();
        } catch (RuntimeException e) {
            finish(one, PublishException.Kind.REFUSED, " was not sent: the client refuses it", e);
            // The client has counted a message that the broker never sees: later confirms would be off by one.
            retire();
        } catch (Error e) {
            finish(one, PublishException.Kind.CONNECTION_LOST, " has an unknown outcome: sending broke off", e);
            retire();
        }
        if (retired || ended) {
            // Who ended it may not have seen the message. That the channel is closed is not enough: the shutdown
            // listener, which says who is to blame, may still be on its way.
            finish(one, PublishException.Kind.CONNECTION_LOST, " has an unknown outcome: the channel was closed", null);
        }
        return true;
    }

    private void returned(Return message) {
        unconfirmed.returned(
                message.getExchange(),
                message.getRoutingKey(),
                message.getProperties().getMessageId());
    }

    private void settle(long tag, boolean multiple, boolean ack) {
        lastSettled = System.nanoTime();
        for (Publication one : unconfirmed.take(tag, multiple)) {
            suspects.clear(one);
            if (!ack) {
                fail(one, PublishException.Kind.NACKED, " was refused by the broker (basic.nack)", null);
            } else if (one.wasReturned()) {
                fail(
                        one,
                        PublishException.Kind.UNROUTABLE,
                        " reached no queue: nobody has bound one for this routing key; the broker did not keep it",
                        null);
            } else {
                onDone.accept(one);
                one.outcome().complete(null);
            }
        }
    }

    private void fail(ShutdownSignalException cause) {
        Map<Publication, PublishException.Kind> guilty = suspects.blame(cause, unconfirmed.all());
        guilty.forEach(
                (one, kind) -> finish(one, kind, " was not kept: the broker closed the channel because of it", cause));
        // From here on send() does it itself for what comes too late to be seen below.
        ended = true;
        for (Publication one : unconfirmed.all()) {
            finish(
                    one,
                    PublishException.Kind.CONNECTION_LOST,
                    " has an unknown outcome: the connection or channel was lost before the confirm",
                    cause);
        }
    }

    /**
     * Fails what has waited for its confirm too long; a late confirm finds its number taken. If none has come since, the
     * channel is given up too: else it is a queue of that message that does not answer, and others need not suffer.
     */
    void expire(long timeoutNanos) {
        Optional<Publication> late = late(timeoutNanos);
        while (late.isPresent() && !retired) {
            Publication one = late.get();
            finish(one, PublishException.Kind.TIMEOUT, " has an unknown outcome: no confirm came in time", null);
            if (!one.sentBefore(lastSettled)) {
                retire();
            }
            late = late(timeoutNanos);
        }
    }

    private Optional<Publication> late(long timeoutNanos) {
        return unconfirmed.oldest().filter(one -> one.sentLongerAgoThan(timeoutNanos));
    }

    /** Takes the channel out of use; what is unconfirmed on it fails. */
    void retire() {
        retired = true;
        for (Publication one : unconfirmed.all()) {
            finish(
                    one,
                    PublishException.Kind.CONNECTION_LOST,
                    " has an unknown outcome: its channel was replaced before the confirm",
                    null);
        }
        try {
            executor.execute(this::abort);
        } catch (RejectedExecutionException e) {
            LOG.debug("A channel is not closed any more; it ends with its connection", e);
        }
    }

    private void abort() {
        try {
            channel.abort();
        } catch (IOException | RuntimeException e) {
            LOG.debug("A channel could not be closed; it ends with its connection", e);
        }
    }

    private void finish(Publication one, PublishException.Kind kind, String what, @Nullable Throwable cause) {
        if (unconfirmed.take(one)) {
            fail(one, kind, what, cause);
        }
    }

    private void fail(Publication taken, PublishException.Kind kind, String what, @Nullable Throwable cause) {
        onDone.accept(taken);
        taken.outcome().completeExceptionally(taken.failure(kind, what, cause));
    }
}
