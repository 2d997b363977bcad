package dev.dowel.messaging;

import org.jspecify.annotations.Nullable;

/** The root of what this module throws. */
public class MessagingException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes an exception.
     *
     * @param message one line: what was asked, what came back, what to do
     * @param cause what was thrown below, or null
     */
    public MessagingException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
