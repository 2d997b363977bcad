package dev.dowel.messaging.internal;

import dev.dowel.messaging.Contract;
import dev.dowel.messaging.Inbox;
import dev.dowel.messaging.MessagingListener;
import dev.dowel.messaging.Version;
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
 * @param failures what becomes of messages that failed
 * @param maxHandlingTime after how long a handler that still runs is reported
 * @param inbox makes the handler take effect once
 */
public record SubscriptionPlan(
        String queue,
        List<Contract.Binding> bindings,
        int concurrency,
        int prefetch,
        FailurePolicy failures,
        Duration maxHandlingTime,
        Optional<Inbox> inbox) {

    /**
     * Returns what of it others may know.
     *
     * @return the queue and what it is bound to
     */
    public Contract.Consumed contract() {
        return new Contract.Consumed(queue, bindings);
    }

    /**
     * Returns where messages of a queue go that cannot be handled.
     *
     * @param queue the work queue
     * @return the queue's name
     */
    public static String parking(String queue) {
        return queue + ".parking";
    }

    /**
     * Returns where messages go that cannot be handled.
     *
     * @return the queue's name
     */
    public String parking() {
        return parking(queue);
    }

    /**
     * Returns the delay queues; none where the queue itself waits.
     *
     * @return one for each failure in turn
     */
    public List<RetryQueue> retries() {
        return failures.inOrder()
                ? List.of()
                : failures.delays().stream()
                        .map(delay -> RetryQueue.of(queue, delay))
                        .toList();
    }

    /**
     * Tells whether one consumer at a time gets messages, over all processes, and the next one in turn.
     *
     * @return true if it does
     */
    public boolean inOrder() {
        return failures.inOrder();
    }

    /**
     * Returns what metrics may call a message's event: names that publishers choose freely are not passed on.
     *
     * @param message the message
     * @return the event's name if a binding names it
     */
    String shown(Incoming message) {
        return message.eventName()
                .filter(name -> bindings.stream()
                        .anyMatch(binding -> binding.eventName().equals(name)))
                .orElse(MessagingListener.OTHER);
    }

    /**
     * Tells whether the event is wanted in this version; an event that no binding names is left to the handler.
     *
     * @param eventName the event's name
     * @param version the version
     * @return true if it is
     */
    public boolean wants(String eventName, Version version) {
        List<Contract.Binding> named =
                bindings.stream().filter(b -> b.eventName().equals(eventName)).toList();
        return named.isEmpty() || named.stream().anyMatch(b -> b.versions().contains(version));
    }
}
