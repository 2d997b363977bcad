package dev.dowel.messaging.outbox;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How an outbox is. A growing {@code oldest} is the sign to watch: nothing goes out, whatever the reason.
 *
 * @param pending how many messages wait to be published, up to 10,001, which means more than 10,000; empty if the
 *     database did not answer
 * @param oldest for how long the oldest of them has waited; empty if none waits or the database did not answer
 * @param parked how many messages are parked, up to 10,001; empty if the database did not answer
 * @param relaying whether the relay of this instance was started and runs; those of other instances share the work
 * @param lastError what the relay's last round failed with, or else this look at the database, one line of at most 500
 *     characters; empty if neither failed
 */
public record OutboxHealth(
        OptionalLong pending,
        Optional<Duration> oldest,
        OptionalLong parked,
        boolean relaying,
        Optional<String> lastError) {
    /**
     * Checks that nothing is null.
     *
     * @param pending how many messages wait
     * @param oldest for how long the oldest of them has waited
     * @param parked how many messages are parked
     * @param relaying whether the relay of this instance runs
     * @param lastError what failed
     */
    public OutboxHealth {
        Objects.requireNonNull(pending, "pending");
        Objects.requireNonNull(oldest, "oldest");
        Objects.requireNonNull(parked, "parked");
        Objects.requireNonNull(lastError, "lastError");
    }
}
