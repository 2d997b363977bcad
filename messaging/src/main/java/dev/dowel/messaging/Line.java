package dev.dowel.messaging;

import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.Return;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One channel with publisher confirms and what is unconfirmed on it. When the channel ends, all of that fails. */
final class Line {
    private static final Logger LOG = LoggerFactory.getLogger(Publisher.class);

    private final Channel channel;
    private final Suspects suspects;
    private final Consumer<Publication> onDone;
    private final Executor executor;
    private final ConcurrentNavigableMap<Long, Publication> inFlight = new ConcurrentSkipListMap<>();
    private final Set<String> exchanges = new HashSet<>();
    private volatile boolean retired;
    private volatile boolean ended;

    private Line(Channel channel, Suspects suspects, Consumer<Publication> onDone, Executor executor) {
        this.channel = channel;
        this.suspects = suspects;
        this.onDone = onDone;
        this.executor = executor;
    }

    /**
     * Opens a channel. The callback is called once for each publication that was sent, before its outcome completes; the
     * channel is closed on the executor, since that may hang.
     */
    static Line open(Connection connection, Suspects suspects, Consumer<Publication> onDone, Executor executor)
            throws IOException {
        Line line = new Line(Exchanges.openChannel(connection), suspects, onDone, executor);
        line.channel.addConfirmListener(
                (tag, multiple) -> line.settle(tag, multiple, true),
                (tag, multiple) -> line.settle(tag, multiple, false));
        line.channel.addReturnListener(line::returned);
        line.channel.addShutdownListener(line::fail);
        line.channel.confirmSelect();
        return line;
    }

    boolean usableOn(Connection connection) {
        return !retired && channel.isOpen() && channel.getConnection() == connection;
    }

    /** Makes sure, once for the life of the channel, that an exchange is there. */
    void ensure(String exchange) throws IOException {
        if (!exchange.isEmpty() && !exchanges.contains(exchange)) {
            Exchanges.ensure(channel.getConnection(), exchange);
            exchanges.add(exchange);
        }
    }

    /** Sends; for one thread at a time. Returns false, and leaves the outcome open, if the channel was closed before. */
    boolean send(Publication one) {
        long tag = channel.getNextPublishSeqNo();
        one.sentNow();
        inFlight.put(tag, one);
        try {
            channel.basicPublish(one.exchange(), one.routingKey(), one.mandatory(), one.properties(), one.body());
        } catch (AlreadyClosedException e) {
            return !inFlight.remove(tag, one);
        } catch (IOException | ShutdownSignalException e) {
            finish(tag, one, PublishException.Kind.CONNECTION_LOST, " has an unknown outcome: sending broke off", e);
            retire();
        } catch (RuntimeException e) {
            finish(tag, one, PublishException.Kind.REFUSED, " was not sent: the client refuses it", e);
            // The client has counted a message that the broker never sees: later confirms would be off by one.
            retire();
        }
        if (retired || ended) {
            // Who ended it may not have seen the message. That the channel is closed is not enough: the shutdown
            // listener,
            // which says who is to blame, may still be on its way.
            finish(
                    tag,
                    one,
                    PublishException.Kind.CONNECTION_LOST,
                    " has an unknown outcome: the channel was closed",
                    null);
        }
        return true;
    }

    private void returned(Return message) {
        inFlight.values().stream()
                .filter(one -> message.getRoutingKey().equals(one.routingKey())
                        && message.getExchange().equals(one.exchange())
                        && Objects.equals(message.getProperties().getMessageId(), one.messageId()))
                .forEach(Publication::returned);
    }

    private void settle(long tag, boolean multiple, boolean ack) {
        Map<Long, Publication> settled = multiple ? inFlight.headMap(tag, true) : inFlight.subMap(tag, true, tag, true);
        settled.forEach((key, one) -> {
            suspects.clear(one);
            if (!ack) {
                finish(key, one, PublishException.Kind.NACKED, " was refused by the broker (basic.nack)", null);
            } else if (one.wasReturned()) {
                finish(
                        key,
                        one,
                        PublishException.Kind.UNROUTABLE,
                        " reached no queue: nobody has bound one for this routing key; the broker did not keep it",
                        null);
            } else if (inFlight.remove(key, one)) {
                onDone.accept(one);
                one.outcome().complete(null);
            }
        });
    }

    private void fail(ShutdownSignalException cause) {
        Map<Publication, PublishException.Kind> guilty = suspects.blame(cause, inFlight.values());
        inFlight.forEach((tag, one) -> {
            PublishException.Kind kind = guilty.get(one);
            if (kind != null) {
                finish(tag, one, kind, " was not kept: the broker closed the channel because of it", cause);
            }
        });
        // From here on send() does it itself for what comes too late to be seen below.
        ended = true;
        inFlight.forEach((tag, one) -> finish(
                tag,
                one,
                PublishException.Kind.CONNECTION_LOST,
                " has an unknown outcome: the connection or channel was lost before the confirm",
                cause));
    }

    /** Fails what has waited for its confirm too long, and retires: a late confirm must meet nobody. */
    void expire(long timeoutNanos) {
        Map.Entry<Long, Publication> oldest = inFlight.firstEntry();
        if (oldest != null && oldest.getValue().sentLongerAgoThan(timeoutNanos)) {
            finish(
                    oldest.getKey(),
                    oldest.getValue(),
                    PublishException.Kind.TIMEOUT,
                    " has an unknown outcome: no confirm came in time",
                    null);
            retire();
        }
    }

    /** Takes the channel out of use; what is unconfirmed on it fails. */
    void retire() {
        retired = true;
        inFlight.forEach((tag, one) -> finish(
                tag,
                one,
                PublishException.Kind.CONNECTION_LOST,
                " has an unknown outcome: its channel was replaced before the confirm",
                null));
        executor.execute(() -> {
            try {
                channel.abort();
            } catch (IOException | RuntimeException e) {
                LOG.debug("A channel could not be closed; it ends with its connection", e);
            }
        });
    }

    private void finish(long tag, Publication one, PublishException.Kind kind, String what, @Nullable Exception cause) {
        if (inFlight.remove(tag, one)) {
            onDone.accept(one);
            one.outcome().completeExceptionally(one.failure(kind, what, cause));
        }
    }
}
