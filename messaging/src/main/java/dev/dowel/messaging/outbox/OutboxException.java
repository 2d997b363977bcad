package dev.dowel.messaging.outbox;

import dev.dowel.messaging.MessagingException;
import org.jspecify.annotations.Nullable;

/** The outbox could not be written or read. */
public final class OutboxException extends MessagingException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes an exception.
     *
     * @param message one line: what was asked, what came back, what to do
     * @param cause what was thrown below, or null
     */
    public OutboxException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
