package dev.dowel.messaging.internal;

import java.time.Duration;

/**
 * One delay before a message comes back. The delay is part of the queue's name, so that another delay makes another queue
 * instead of a declaration that contradicts the existing one.
 *
 * @param name the queue's name
 * @param delay how long a message stays in it
 */
public record RetryQueue(String name, Duration delay) {
    static RetryQueue of(String queue, Duration delay) {
        return new RetryQueue(queue + ".retry." + text(delay), delay);
    }

    private static String text(Duration delay) {
        long millis = delay.toMillis();
        if (millis % 3_600_000 == 0) {
            return millis / 3_600_000 + "h";
        }
        if (millis % 60_000 == 0) {
            return millis / 60_000 + "m";
        }
        return millis % 1_000 == 0 ? millis / 1_000 + "s" : millis + "ms";
    }
}
