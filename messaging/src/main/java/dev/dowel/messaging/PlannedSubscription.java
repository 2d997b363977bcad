package dev.dowel.messaging;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Collects and checks what a subscription consumes and how. */
final class PlannedSubscription implements SubscriptionBuilder {
    private static final int MAX_CONCURRENCY = 1_000;
    private static final int MAX_PREFETCH = 2_000;
    private static final Duration LONGEST_DELAY = Duration.ofDays(1);
    private static final int QUEUE_NAME_LIMIT = 200;

    private final String queue;
    private final Starter starter;
    private final List<SubscriptionPlan.Binding> bindings = new ArrayList<>();
    private int concurrency = 1;
    private int prefetch = 50;
    private List<Duration> retries = List.of(Duration.ofSeconds(1), Duration.ofSeconds(10), Duration.ofMinutes(1));
    private @Nullable Inbox inbox;

    /** Starts a subscription once it is planned. */
    @FunctionalInterface
    interface Starter {
        <T> Subscription start(SubscriptionPlan plan, Class<T> type, MessageHandler<T> handler);
    }

    PlannedSubscription(String queue, Starter starter) {
        Headers.checkShortString(queue, "queue");
        if (queue.length() > QUEUE_NAME_LIMIT || queue.startsWith("amq.")) {
            throw new IllegalArgumentException(
                    "A queue's name has at most " + QUEUE_NAME_LIMIT + " characters and does not start with amq.");
        }
        this.queue = queue;
        this.starter = starter;
    }

    @Override
    public SubscriptionBuilder bind(String exchange, String eventName, VersionRange versions) {
        Headers.checkShortString(exchange, "exchange");
        Objects.requireNonNull(versions, "versions");
        bindings.add(new SubscriptionPlan.Binding(exchange, EventType.checkName(eventName), versions));
        return this;
    }

    @Override
    public SubscriptionBuilder concurrency(int handlers) {
        if (handlers < 1 || handlers > MAX_CONCURRENCY) {
            throw new IllegalArgumentException("concurrency is 1 to " + MAX_CONCURRENCY + ", not " + handlers);
        }
        this.concurrency = handlers;
        return this;
    }

    @Override
    public SubscriptionBuilder prefetch(int messages) {
        if (messages < 1 || messages > MAX_PREFETCH) {
            throw new IllegalArgumentException("prefetch is 1 to " + MAX_PREFETCH + ", not " + messages);
        }
        this.prefetch = messages;
        return this;
    }

    @Override
    public SubscriptionBuilder retry(Duration... delays) {
        for (Duration delay : delays) {
            if (delay.toMillis() < 1 || delay.compareTo(LONGEST_DELAY) > 0) {
                throw new IllegalArgumentException("A retry delay is 1 ms to 1 day, not " + delay);
            }
        }
        if (Arrays.stream(delays).map(Duration::toMillis).distinct().count() != delays.length) {
            throw new IllegalArgumentException("No retry delay may stand twice: each is a queue of its own");
        }
        this.retries = List.of(delays);
        return this;
    }

    @Override
    public SubscriptionBuilder idempotent(Inbox newInbox) {
        this.inbox = Objects.requireNonNull(newInbox, "newInbox");
        return this;
    }

    @Override
    public <T> Subscription handler(Class<T> type, MessageHandler<T> handler) {
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(handler, "handler");
        if (bindings.isEmpty()) {
            throw new IllegalStateException("The subscription of " + queue + " is bound to nothing: call bind first");
        }
        if (prefetch < concurrency) {
            throw new IllegalStateException("prefetch (" + prefetch + ") is below concurrency (" + concurrency + ")");
        }
        if (inbox == null && spansMajors()) {
            throw new IllegalStateException("The subscription of " + queue + " takes several majors of one event, so an"
                    + " event published in both would be handled twice: give it an inbox, idempotent(...)");
        }
        return starter.start(
                new SubscriptionPlan(
                        queue,
                        List.copyOf(bindings),
                        concurrency,
                        prefetch,
                        retries.stream()
                                .map(delay -> RetryQueue.of(queue, delay))
                                .toList(),
                        Optional.ofNullable(inbox)),
                type,
                handler);
    }

    private boolean spansMajors() {
        return bindings.stream()
                .anyMatch(one -> one.versions().spansMajors()
                        || bindings.stream()
                                .anyMatch(other -> other.eventName().equals(one.eventName())
                                        && other.versions().from().major()
                                                != one.versions().from().major()));
    }
}
