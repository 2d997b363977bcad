package dev.dowel.messaging.internal;

import dev.dowel.messaging.RejectMessage;
import dev.dowel.messaging.RetryLater;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What becomes of a message that failed.
 *
 * @param delays how long to wait after each failure in turn
 * @param inOrder whether the queue waits with the message, instead of a queue of its own
 * @param immediateRetries how often to try again without any delay, at each attempt
 * @param parkOn failures that no retry mends
 */
public record FailurePolicy(
        List<Duration> delays, boolean inOrder, int immediateRetries, Set<Class<? extends Exception>> parkOn) {

    boolean hopeless(Exception failure) {
        return failure instanceof RejectMessage || parkOn.stream().anyMatch(type -> type.isInstance(failure));
    }

    /** Tells whether trying again at once may help. */
    boolean mayPass(Exception failure) {
        return !hopeless(failure) && !(failure instanceof RetryLater) && !(failure instanceof InterruptedException);
    }

    /** Returns how long to wait after an attempt failed; empty if it was the last. */
    Optional<Duration> delayAfter(int attempt, Exception failure) {
        if (attempt > delays.size() || hopeless(failure)) {
            return Optional.empty();
        }
        return Optional.of(failure instanceof RetryLater later ? atLeast(later.delay()) : delays.get(attempt - 1));
    }

    private Duration atLeast(Duration wanted) {
        return delays.stream()
                .filter(delay -> delay.compareTo(wanted) >= 0)
                .min(Comparator.naturalOrder())
                .orElseGet(() -> delays.stream().max(Comparator.naturalOrder()).orElseThrow());
    }
}
