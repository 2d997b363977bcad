package dev.dowel.messaging.testing;

import dev.dowel.messaging.Subscription;
import java.time.Duration;

/** A consumer of one queue of the double. */
final class InMemorySubscription implements Subscription {
    private final String queue;
    private final InMemoryBroker broker;
    private volatile boolean stopped;

    InMemorySubscription(String queue, InMemoryBroker broker) {
        this.queue = queue;
        this.broker = broker;
    }

    @Override
    public String queue() {
        return queue;
    }

    @Override
    public boolean active() {
        return !stopped && broker.delivering();
    }

    @Override
    public boolean awaitActive(Duration timeout) {
        return active();
    }

    @Override
    public void stop(Duration deadline) {
        if (!stopped) {
            stopped = true;
            broker.locked(() -> {
                broker.queue(queue).ifPresent(InMemoryQueue::stop);
                return null;
            });
        }
    }
}
