package dev.dowel.messaging;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Connection;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
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
    private volatile long sentAt;

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

    /** Tells whether it travels alone. */
    boolean apart() {
        return apart;
    }

    void apart(boolean alone) {
        apart = alone;
    }

    void returned() {
        returned = true;
    }

    boolean wasReturned() {
        return returned;
    }

    void sentNow() {
        sentAt = System.nanoTime();
    }

    boolean sentLongerAgoThan(long nanos) {
        return System.nanoTime() - sentAt > nanos;
    }

    /**
     * Refuses what the client would refuse only after it has counted the message: the channel could not be used any more,
     * and every other message on it would fail.
     */
    void checkFits(Connection connection) {
        int frameMax = connection.getFrameMax();
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
        if (routingKey.getBytes(StandardCharsets.UTF_8).length > SHORT_STRING_LIMIT) {
            throw failure(PublishException.Kind.REFUSED, " was not sent: a routing key has at most 255 bytes", null);
        }
    }

    String description() {
        return routingKey + " to " + (exchange.isEmpty() ? "a queue" : "exchange " + exchange);
    }

    PublishException failure(PublishException.Kind kind, String what, @Nullable Exception cause) {
        return new PublishException(kind, description() + what, cause);
    }
}
