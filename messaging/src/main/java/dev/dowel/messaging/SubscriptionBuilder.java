package dev.dowel.messaging;

import java.time.Duration;

/** Says what a subscription consumes and how. For one thread. */
public interface SubscriptionBuilder {
    /**
     * Binds the queue to versions of an event. May be called several times.
     *
     * @param exchange a topic exchange, declared durable if it does not exist
     * @param eventName the event's name, such as {@code user.deleted}
     * @param versions the versions wanted; a message below or above is acknowledged and skipped
     * @return this builder
     */
    SubscriptionBuilder bind(String exchange, String eventName, VersionRange versions);

    /**
     * Sets how many handlers run at once.
     *
     * @param handlers 1 to 1,000; default 1
     * @return this builder
     */
    SubscriptionBuilder concurrency(int handlers);

    /**
     * Sets how many messages the broker hands out ahead of acknowledgement, over all handlers.
     *
     * @param messages 1 to 2,000, at least the concurrency; default 50
     * @return this builder
     */
    SubscriptionBuilder prefetch(int messages);

    /**
     * Sets the delays after the first, second, third failure and so on; after the last one the message is parked. Each
     * delay is a queue of its own.
     *
     * @param delays each 1 ms to 1 day, none twice; default 1 s, 10 s, 1 min; empty parks after the first failure
     * @return this builder
     */
    SubscriptionBuilder retry(Duration... delays);

    /**
     * Runs the handler in the inbox's transaction, once per event id.
     *
     * @param inbox the inbox
     * @return this builder
     */
    SubscriptionBuilder idempotent(Inbox inbox);

    /**
     * Starts the subscription. It does not wait for the broker: while there is none it keeps trying.
     *
     * @param <T> the body's type
     * @param type the class bodies are decoded to; a body that cannot be decoded is parked at once
     * @param handler called for each message
     * @return the running subscription
     * @throws IllegalStateException if nothing was bound, the messaging is closed, the queue has a subscription already,
     *     or the bound versions span several majors without an inbox (one event would be handled twice)
     */
    <T> Subscription handler(Class<T> type, MessageHandler<T> handler);
}
