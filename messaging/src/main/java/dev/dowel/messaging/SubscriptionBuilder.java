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
     * @param messages 1 to 2,000, at least the concurrency; default 50, or 1 in order
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
     * Runs the handler in the inbox's transaction, once per message id. A message without an id is parked at once.
     *
     * @param inbox the inbox; {@link Inbox#byEvent()} for once per event id
     * @return this builder
     */
    SubscriptionBuilder idempotent(Inbox inbox);

    /**
     * Keeps the order of the queue, at the price of speed: one message is handled at a time, by one of all instances that
     * subscribe (the broker moves on to another when that one goes), and a failed message makes all others wait through
     * its delays in this process until it succeeds or is parked. Its attempts are counted in this process too: when the
     * consumer ends (a stop, a lost connection, a handler that breaks down) the message begins anew with the first one,
     * here or in another instance. While messages wait, stopping does not. It makes another kind of queue: an existing one
     * must be deleted first.
     *
     * @return this builder
     */
    SubscriptionBuilder inOrder();

    /**
     * Sets how often a failed attempt is repeated at once, in the same thread, before it counts as failed.
     *
     * @param times 0 to 10; default 0
     * @return this builder
     */
    SubscriptionBuilder immediateRetries(int times);

    /**
     * Names exceptions that no retry mends: the message is parked at once. May be called several times.
     *
     * @param exception a class, which stands for its subclasses too
     * @return this builder
     */
    SubscriptionBuilder parkOn(Class<? extends Exception> exception);

    /**
     * Sets after how long a handler that still runs is reported, once, in the log. It is not interrupted. The broker takes a
     * message back that is not acknowledged within 30 minutes, and closes the channel.
     *
     * @param time at least 1 ms, below 30 minutes; default 5 minutes; looked at once a second
     * @return this builder
     */
    SubscriptionBuilder maxHandlingTime(Duration time);

    /**
     * Binds the queue to an event and handles it: all versions of the type's major from the type's own on. For several
     * events, or several majors of one, on one queue; call {@link #start()} in the end. What is in the queue and has no
     * handler of its event and major is parked at once.
     *
     * @param <T> the body's type
     * @param exchange a topic exchange, declared durable if it does not exist
     * @param type the event; bodies are decoded to its class, and one that cannot be decoded is parked at once
     * @param handler called for each message of the event
     * @return this builder
     * @throws IllegalStateException if the event has a handler already in this major
     */
    <T> SubscriptionBuilder on(String exchange, EventType<T> type, MessageHandler<T> handler);

    /**
     * Starts a subscription with the handlers that {@link #on} gave. It does not wait for the broker: while there is none
     * it keeps trying.
     *
     * @return the running subscription
     * @throws IllegalStateException if there is no handler, the options contradict each other, the messaging is closed, the
     *     queue has a subscription already, or the handlers take several majors of one event without an inbox by
     *     event (an event published in both would be handled twice)
     */
    Subscription start();

    /**
     * Starts the subscription with one handler for all messages. It does not wait for the broker: while there is none it
     * keeps trying.
     *
     * @param <T> the body's type
     * @param type the class bodies are decoded to; a body that cannot be decoded is parked at once
     * @param handler called for each message
     * @return the running subscription
     * @throws IllegalStateException if nothing was bound, {@link #on} was called, the options contradict each other, the
     *     messaging is closed, the queue has a subscription already, or the bound versions span several majors without an
     *     inbox by event (one event would be handled twice)
     */
    <T> Subscription handler(Class<T> type, MessageHandler<T> handler);
}
