package dev.dowel.messaging.internal;

import dev.dowel.messaging.MessagingListener.Result;
import java.time.Duration;
import java.util.Optional;

/** What is to become of a message. */
public sealed interface Outcome {
    /**
     * Nothing is left to do with it.
     *
     * @param result handled, duplicate or skipped
     */
    record Done(Result result) implements Outcome {}

    /**
     * Returns what was thrown.
     *
     * @return the failure, or empty if there was none
     */
    default Optional<Throwable> thrown() {
        return Optional.empty();
    }

    /**
     * It cannot be handled.
     *
     * @param reason why
     * @param failure what was thrown, if anything was
     */
    record Park(String reason, Optional<Throwable> failure) implements Outcome {
        @Override
        public Optional<Throwable> thrown() {
            return failure;
        }
    }

    /**
     * It is to be tried again.
     *
     * @param delay after how long
     * @param failure what was thrown
     */
    record Retry(Duration delay, Exception failure) implements Outcome {
        @Override
        public Optional<Throwable> thrown() {
            return Optional.of(failure);
        }
    }

    /**
     * Handling it broke down, or was interrupted: nobody knows how far it got.
     *
     * @param failure what was thrown
     */
    record BrokeDown(Throwable failure) implements Outcome {
        @Override
        public Optional<Throwable> thrown() {
            return Optional.of(failure);
        }
    }
}
