package dev.dowel.messaging;

import java.time.Duration;

/** A running consumer of one queue. It is desired state: lost channels and connections are reopened until it is stopped. */
public interface Subscription extends AutoCloseable {
    /**
     * Returns the queue.
     *
     * @return the queue's name
     */
    String queue();

    /**
     * Returns whether as many consumers are running as wanted.
     *
     * @return false while any is being reopened, and after stop
     */
    boolean active();

    /**
     * Stops taking messages, lets running handlers finish and acknowledge, gives the rest back to the queue. May be
     * called twice.
     *
     * @param deadline how long all of it may take; what is not finished then is redelivered later
     */
    void stop(Duration deadline);

    /** Stops with a deadline of 25 seconds, which is below the 30 that container platforms commonly allow. */
    @Override
    default void close() {
        stop(Duration.ofSeconds(25));
    }
}
