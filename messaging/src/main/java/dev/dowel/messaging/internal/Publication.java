package dev.dowel.messaging.internal;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Connection;
import dev.dowel.messaging.PublishException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** One message on its way to the broker, and what becomes of it. */
final class Publication {
    private static final int SHORT_STRING_LIMIT = 255;

    private final String exchange;
    private final String routingKey;
    private final boolean mandatory;
    private final AMQP.BasicProperties properties;
    private final byte[] body;
    private final CompletableFuture<Void> outcome = new CompletableFuture<>();
    private volatile boolean apart;
    private volatile boolean returned;
    private volatile boolean taken;
    private volatile long sentAt;
    private volatile int weight;
    private volatile long deadline;
    private long number;
    private @Nullable Publication sameId;
    private @Nullable AtomicInteger group;
    private @Nullable Connection connection;

    Publication(String exchange, String routingKey, boolean mandatory, AMQP.BasicProperties properties, byte[] body) {
        this.exchange = exchange;
        this.routingKey = routingKey;
        this.mandatory = mandatory;
        this.properties = properties;
        this.body = body;
    }

    String exchange() {
        return exchange;
    }

    String routingKey() {
        return routingKey;
    }

    boolean mandatory() {
        return mandatory;
    }

    AMQP.BasicProperties properties() {
        return properties;
    }

    byte[] body() {
        return body;
    }

    @Nullable
    String messageId() {
        return properties.getMessageId();
    }

    CompletableFuture<Void> outcome() {
        return outcome;
    }

    /** Returns the same message, to be sent once more. */
    Publication again() {
        return new Publication(exchange, routingKey, mandatory, properties, body);
    }

    /** Tells whether it travels alone, or with no others than those of its group. */
    boolean apart() {
        return apart;
    }

    /** Lets it travel alone; the group counts who is still under way. */
    void apart(AtomicInteger members) {
        apart = true;
        group = members;
    }

    /** Ends its travelling alone; returns true if it was the last of its group. */
    boolean back() {
        boolean was = apart;
        apart = false;
        return was && Objects.requireNonNull(group).decrementAndGet() == 0;
    }

    /** Returns how many bytes of the window it holds. */
    int weight() {
        return weight;
    }

    void weight(int newWeight) {
        weight = newWeight;
    }

    void via(Connection open) {
        connection = open;
    }

    Connection connection() {
        return Objects.requireNonNull(connection);
    }

    /** Sets until when it may wait to be sent, as {@link System#nanoTime()} counts. */
    void deadline(long nanos) {
        deadline = nanos;
    }

    long deadline() {
        return deadline;
    }

    /** Tells whether it was sent, or never will be. */
    boolean taken() {
        return taken;
    }

    void take() {
        taken = true;
    }

    /** For {@link Unconfirmed}, which guards it: the number that the channel counts it as. */
    long number() {
        return number;
    }

    void sentAs(long newNumber) {
        number = newNumber;
        sentAt = System.nanoTime();
    }

    /** For {@link Unconfirmed}, which guards it: the next older one with the same message id on the same channel. */
    @Nullable
    Publication sameId() {
        return sameId;
    }

    void sameId(@Nullable Publication older) {
        sameId = older;
    }

    void returned() {
        returned = true;
    }

    boolean wasReturned() {
        return returned;
    }

    boolean sentLongerAgoThan(long nanos) {
        return System.nanoTime() - sentAt > nanos;
    }

    /** Compares with a time as {@link System#nanoTime()} counts. */
    boolean sentBefore(long nanos) {
        return sentAt - nanos < 0;
    }

    /**
     * Refuses what the client would refuse only after it has counted the message: the channel could not be used any more,
     * and every other message on it would fail.
     */
    void checkFits(Connection connection) {
        int frameMax = connection.getFrameMax();
        OptionalInt bound = HeaderSize.atMost(properties);
        if (bound.isEmpty() || (frameMax > 0 && bound.getAsInt() > frameMax)) {
            checkEncoded(frameMax);
        }
        if (!HeaderSize.surelyShort(routingKey)
                && routingKey.getBytes(StandardCharsets.UTF_8).length > SHORT_STRING_LIMIT) {
            throw failure(PublishException.Kind.REFUSED, " was not sent: a routing key has at most 255 bytes", null);
        }
    }

    private void checkEncoded(int frameMax) {
        try {
            int frame = properties.toFrame(1, body.length).size();
            if (frameMax > 0 && frame > frameMax) {
                throw failure(
                        PublishException.Kind.TOO_LARGE,
                        " was not sent: its headers take " + frame + " bytes, the broker takes " + frameMax,
                        null);
            }
        } catch (IOException | IllegalArgumentException e) {
            throw failure(
                    PublishException.Kind.REFUSED,
                    " was not sent: its headers cannot be encoded: " + e.getMessage(),
                    e);
        }
    }

    String description() {
        return Headers.shown(routingKey) + " to "
                + (exchange.isEmpty() ? "a queue" : "exchange " + Headers.shown(exchange));
    }

    PublishException failure(PublishException.Kind kind, String what, @Nullable Throwable cause) {
        return new PublishException(kind, description() + what, cause);
    }
}
