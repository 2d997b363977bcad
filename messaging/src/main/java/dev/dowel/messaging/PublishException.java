package dev.dowel.messaging;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A message was not confirmed. The message says what was published and what came back, never the body. */
public final class PublishException extends MessagingException {
    private static final long serialVersionUID = 1L;

    /** Why a message was not confirmed. */
    public enum Kind {
        /** The broker refused the message (basic.nack), for instance because a queue is full; may be repeated. */
        NACKED,
        /** No queue is bound for the routing key; the broker did not keep the message. */
        UNROUTABLE,
        /** The exchange does not exist and could not be declared; the broker did not keep the message. */
        NO_EXCHANGE,
        /**
         * The broker blocks publishers (an alarm), or the message could not be sent in time: the window of unconfirmed
         * messages stayed full, a channel was not opened, the exchange not declared, another message not written, or
         * callbacks did not return; not sent.
         */
        BLOCKED,
        /** There is no connection to the broker, or the thread was interrupted before it was sent; not sent. */
        NOT_CONNECTED,
        /** The connection or the channel was lost after sending; the outcome is unknown. */
        CONNECTION_LOST,
        /** No confirm came within the publish timeout; the outcome is unknown. */
        TIMEOUT,
        /** The body exceeds the limit, or the headers exceed what the protocol takes; the broker did not keep the message. */
        TOO_LARGE,
        /** The message cannot be encoded, or the broker refuses it and closed the channel; the broker did not keep it. */
        REFUSED;

        /**
         * Tells whether the broker may have the message all the same.
         *
         * @return true if the outcome is unknown
         */
        public boolean outcomeUnknown() {
            return this == CONNECTION_LOST || this == TIMEOUT;
        }
    }

    /** Why the message was not confirmed. */
    private final Kind kind;

    /**
     * Makes an exception.
     *
     * @param kind why
     * @param message one line: what was published, what came back, what to do
     * @param cause what was thrown below, or null
     */
    public PublishException(Kind kind, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = Objects.requireNonNull(kind, "kind");
    }

    /**
     * Returns why the message was not confirmed.
     *
     * @return the kind
     */
    public Kind kind() {
        return kind;
    }
}
