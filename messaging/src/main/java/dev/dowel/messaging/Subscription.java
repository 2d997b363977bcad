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
     * Waits until as many consumers are running as wanted: from then on its queue is there. By then everything else that it
     * needs was asked of the broker once, as {@link TopologyMode} says; what was refused, a binding too, is in
     * {@link MessagingHealth#topologyProblems()}.
     *
     * @param timeout how long to wait at most
     * @return false if it was not in time, the subscription was stopped, or the thread was interrupted (the flag stays set)
     */
    boolean awaitActive(Duration timeout);

    /**
     * Stops taking messages, lets running handlers finish and acknowledge, gives the rest back to the queue, and waits for
     * all that. One of its own handlers may call it: then it returns at once, and the rest goes on in the background, with
     * that handler's own message settled as ever. May be called twice; the first deadline counts, and each call waits for
     * the end at most as long as its own.
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
