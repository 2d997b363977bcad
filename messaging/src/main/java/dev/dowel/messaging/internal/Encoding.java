package dev.dowel.messaging.internal;

import dev.dowel.messaging.EncodedMessage;
import dev.dowel.messaging.JsonCodec;
import dev.dowel.messaging.Message;
import dev.dowel.messaging.PublishException;

/**
 * Encodes what goes to one exchange, with the trace of the thread that publishes, on a broker and on the double alike.
 *
 * @param exchange the exchange
 * @param json how bodies are encoded
 * @param tracing adds the trace
 * @param maxBodySize the largest body, in bytes
 */
public record Encoding(String exchange, JsonCodec json, Tracing tracing, int maxBodySize) {
    /**
     * Encodes.
     *
     * @param message the message
     * @return the encoded message
     * @throws IllegalArgumentException if the body cannot be encoded
     * @throws PublishException if the body is too large
     */
    public EncodedMessage encode(Message<?> message) {
        return tracing.add(exchange, checkSize(message.encode(json)));
    }

    /**
     * Encodes what is published at once.
     *
     * @param message the message
     * @return the encoded message
     * @throws PublishException if the body cannot be encoded or is too large
     */
    public EncodedMessage encodeToPublish(Message<?> message) {
        try {
            return encode(message);
        } catch (IllegalArgumentException e) {
            throw new PublishException(
                    PublishException.Kind.REFUSED, message.type().routingKey() + " was not sent: " + e.getMessage(), e);
        }
    }

    /**
     * Refuses a body that is too large.
     *
     * @param message the message
     * @return the message
     * @throws PublishException if the body is too large
     */
    public EncodedMessage checkSize(EncodedMessage message) {
        if (message.body().length > maxBodySize) {
            throw new PublishException(
                    PublishException.Kind.TOO_LARGE,
                    message.routingKey() + " was not sent: its body has " + message.body().length
                            + " bytes, the limit is " + maxBodySize,
                    null);
        }
        return message;
    }
}
