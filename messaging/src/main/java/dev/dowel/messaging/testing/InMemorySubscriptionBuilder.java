package dev.dowel.messaging.testing;

import dev.dowel.messaging.Inbox;
import dev.dowel.messaging.MessageHandler;
import dev.dowel.messaging.Subscription;
import dev.dowel.messaging.SubscriptionBuilder;
import dev.dowel.messaging.VersionRange;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collects what a subscription of the double consumes. Concurrency and prefetch mean nothing here. */
final class InMemorySubscriptionBuilder implements SubscriptionBuilder {
    private final String queue;
    private final InMemoryMessaging messaging;
    private final List<InMemorySubscription.Binding> bindings = new ArrayList<>();
    private List<Duration> retries = List.of(Duration.ofSeconds(1), Duration.ofSeconds(10), Duration.ofMinutes(1));
    private @Nullable Inbox inbox;

    InMemorySubscriptionBuilder(String queue, InMemoryMessaging messaging) {
        this.queue = queue;
        this.messaging = messaging;
    }

    @Override
    public SubscriptionBuilder bind(String exchange, String eventName, VersionRange versions) {
        bindings.add(new InMemorySubscription.Binding(exchange, eventName, versions));
        return this;
    }

    @Override
    public SubscriptionBuilder concurrency(int handlers) {
        return this;
    }

    @Override
    public SubscriptionBuilder prefetch(int messages) {
        return this;
    }

    @Override
    public SubscriptionBuilder retry(Duration... delays) {
        this.retries = List.of(delays);
        return this;
    }

    @Override
    public SubscriptionBuilder idempotent(Inbox newInbox) {
        this.inbox = newInbox;
        return this;
    }

    @Override
    public <T> Subscription handler(Class<T> type, MessageHandler<T> handler) {
        if (bindings.isEmpty()) {
            throw new IllegalStateException("The subscription of " + queue + " is bound to nothing: call bind first");
        }
        if (inbox == null
                && bindings.stream().anyMatch(binding -> binding.versions().spansMajors())) {
            throw new IllegalStateException("The subscription of " + queue + " takes several majors of one event, so an"
                    + " event published in both would be handled twice: give it an inbox, idempotent(...)");
        }
        InMemorySubscription subscription = new InMemorySubscription(
                queue,
                List.copyOf(bindings),
                retries,
                inbox,
                (body, delivery) -> handler.handle(messaging.json().decode(body, type), delivery),
                body -> messaging.json().decode(body, type),
                messaging);
        messaging.add(subscription);
        return subscription;
    }
}
