package dev.dowel.messaging;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a subscription consumes and how; immutable.
 *
 * @param queue the work queue
 * @param bindings what it is bound to
 * @param concurrency how many handlers run at once
 * @param prefetch how many messages are handed out ahead, over all handlers
 * @param retries the delay queues, one for each failure in turn
 * @param inbox makes the handler take effect once
 */
record SubscriptionPlan(
        String queue,
        List<Binding> bindings,
        int concurrency,
        int prefetch,
        List<RetryQueue> retries,
        Optional<Inbox> inbox) {

    /** One event in a range of versions on an exchange. */
    record Binding(String exchange, String eventName, VersionRange versions) {}

    String parking() {
        return queue + ".parking";
    }

    /** Tells whether the event is wanted in this version; an event that no binding names is left to the handler. */
    boolean wants(String eventName, Version version) {
        List<Binding> named =
                bindings.stream().filter(b -> b.eventName().equals(eventName)).toList();
        return named.isEmpty() || named.stream().anyMatch(b -> b.versions().contains(version));
    }

    /** Returns the queue for the next attempt: the shortest delay that is long enough, or the longest. */
    RetryQueue retryAfter(Duration delay) {
        return retries.stream()
                .filter(retry -> retry.delay().compareTo(delay) >= 0)
                .min(java.util.Comparator.comparing(RetryQueue::delay))
                .orElseGet(() -> retries.stream()
                        .max(java.util.Comparator.comparing(RetryQueue::delay))
                        .orElseThrow());
    }
}
