package dev.dowel.messaging;

import java.time.Duration;
import java.util.Objects;

/** Thrown by a handler to have the message again after a delay of its own choice. */
public final class RetryLater extends MessagingException {
    private static final long serialVersionUID = 1L;

    /** How long to wait at least. */
    private final Duration delay;

    /**
     * Asks for another attempt.
     *
     * @param delay how long to wait at least; rounded up to the next configured delay, or down to the longest
     */
    public RetryLater(Duration delay) {
        super("The handler asked to retry after " + delay, null);
        this.delay = Objects.requireNonNull(delay, "delay");
    }

    /**
     * Returns how long to wait at least.
     *
     * @return the delay
     */
    public Duration delay() {
        return delay;
    }
}
