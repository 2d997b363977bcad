package dev.dowel.messaging.internal;

import dev.dowel.messaging.Contract;
import dev.dowel.messaging.EventType;
import dev.dowel.messaging.Inbox;
import dev.dowel.messaging.MessageHandler;
import dev.dowel.messaging.Subscription;
import dev.dowel.messaging.SubscriptionBuilder;
import dev.dowel.messaging.Version;
import dev.dowel.messaging.VersionRange;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Collects and checks what a subscription consumes and how. */
public final class PlannedSubscription implements SubscriptionBuilder {
    private static final int MAX_CONCURRENCY = 1_000;
    private static final int MAX_PREFETCH = 2_000;
    private static final Duration LONGEST_DELAY = Duration.ofDays(1);
    private static final int QUEUE_NAME_LIMIT = 200;
    private static final int DEFAULT_PREFETCH = 50;
    private static final int MAX_IMMEDIATE_RETRIES = 10;
    /** The broker's own limit for an acknowledgement. */
    private static final Duration LONGEST_HANDLING = Duration.ofMinutes(30);
    /** Leaves the handlers the rest of the broker's limit. */
    private static final Duration LONGEST_IN_ORDER = Duration.ofMinutes(15);

    private final String queue;
    private final Starter starter;
    private final List<Contract.Binding> bindings = new ArrayList<>();
    private int concurrency = 1;
    private int prefetch;
    private int immediateRetries;
    private boolean inOrder;
    private Duration maxHandlingTime = Duration.ofMinutes(5);
    private final Set<Class<? extends Exception>> parkOn = new LinkedHashSet<>();
    private final Map<Handlers.Event, Handlers.Entry<?>> handlers = new LinkedHashMap<>();
    private List<Duration> retries = List.of(Duration.ofSeconds(1), Duration.ofSeconds(10), Duration.ofMinutes(1));
    private @Nullable Inbox inbox;

    /** Starts a subscription once it is planned. */
    @FunctionalInterface
    public interface Starter {
        /**
         * Starts it.
         *
         * @param plan what to consume and how
         * @param handlers which handler a message goes to
         * @return the running subscription
         */
        Subscription start(SubscriptionPlan plan, Handlers handlers);
    }

    /**
     * Starts to plan.
     *
     * @param queue the work queue
     * @param starter starts the subscription once it is planned
     */
    public PlannedSubscription(String queue, Starter starter) {
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
        bindings.add(new Contract.Binding(exchange, EventName.check(eventName), versions, Optional.empty()));
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
    public SubscriptionBuilder idempotent(Inbox inbox) {
        this.inbox = Objects.requireNonNull(inbox, "inbox");
        return this;
    }

    @Override
    public SubscriptionBuilder inOrder() {
        this.inOrder = true;
        return this;
    }

    @Override
    public SubscriptionBuilder immediateRetries(int times) {
        if (times < 0 || times > MAX_IMMEDIATE_RETRIES) {
            throw new IllegalArgumentException("immediateRetries is 0 to " + MAX_IMMEDIATE_RETRIES + ", not " + times);
        }
        this.immediateRetries = times;
        return this;
    }

    @Override
    public SubscriptionBuilder parkOn(Class<? extends Exception> exception) {
        parkOn.add(Objects.requireNonNull(exception, "exception"));
        return this;
    }

    @Override
    public SubscriptionBuilder maxHandlingTime(Duration time) {
        if (time.toMillis() < 1 || time.compareTo(LONGEST_HANDLING) >= 0) {
            throw new IllegalArgumentException("maxHandlingTime is at least 1 ms and below " + LONGEST_HANDLING
                    + ", when the broker takes the message back; not " + time);
        }
        this.maxHandlingTime = time;
        return this;
    }

    @Override
    public <T> SubscriptionBuilder on(String exchange, EventType<T> type, MessageHandler<T> handler) {
        Objects.requireNonNull(handler, "handler");
        Version from = type.version();
        Handlers.Event event = Handlers.Event.of(type);
        if (handlers.putIfAbsent(event, new Handlers.Entry<>(type.body(), handler)) != null) {
            throw new IllegalStateException("There is a handler already for " + event.name() + " in major "
                    + event.major() + ": it takes all versions from the one it was given");
        }
        return bind(exchange, type.name(), new VersionRange(from, new Version(from.major() + 1, 0, 0)));
    }

    @Override
    public Subscription start() {
        if (handlers.isEmpty()) {
            throw new IllegalStateException("The subscription of " + queue + " has no handler: call on first");
        }
        return start(Handlers.byEvent(handlers));
    }

    @Override
    public <T> Subscription handler(Class<T> type, MessageHandler<T> handler) {
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(handler, "handler");
        if (!handlers.isEmpty()) {
            throw new IllegalStateException("The subscription of " + queue
                    + " has handlers for single events: call start, or give it one handler for all");
        }
        return start(Handlers.forAll(type, handler));
    }

    private Subscription start(Handlers all) {
        return starter.start(plan(all), all);
    }

    private SubscriptionPlan plan(Handlers all) {
        if (bindings.isEmpty()) {
            throw new IllegalStateException("The subscription of " + queue + " is bound to nothing: call bind first");
        }
        if (inOrder) {
            checkInOrder();
        }
        int ahead = prefetch > 0 ? prefetch : inOrder ? 1 : Math.max(DEFAULT_PREFETCH, concurrency);
        if (ahead < concurrency) {
            throw new IllegalStateException("prefetch (" + ahead + ") is below concurrency (" + concurrency + ")");
        }
        if ((inbox == null || inbox.id() != Inbox.Id.EVENT) && spansMajors()) {
            throw new IllegalStateException("The subscription of " + queue + " takes several majors of one event, so an"
                    + " event published in both would be handled twice: give it an inbox by event,"
                    + " idempotent(inbox.byEvent())");
        }
        return new SubscriptionPlan(
                queue,
                bindings.stream()
                        .map(one -> new Contract.Binding(
                                one.exchange(),
                                one.eventName(),
                                one.versions(),
                                all.body(one.eventName(), one.versions().from())))
                        .toList(),
                concurrency,
                ahead,
                new FailurePolicy(retries, inOrder, immediateRetries, Set.copyOf(parkOn)),
                maxHandlingTime,
                Optional.ofNullable(inbox));
    }

    private void checkInOrder() {
        if (concurrency != 1 || prefetch > 1) {
            throw new IllegalStateException(
                    "In order means one message at a time: leave concurrency and prefetch of " + queue + " at 1");
        }
        // A handler may choose the longest delay each time.
        Duration most = retries.stream()
                .max(Comparator.naturalOrder())
                .orElse(Duration.ZERO)
                .multipliedBy(retries.size());
        if (most.compareTo(LONGEST_IN_ORDER) > 0) {
            throw new IllegalStateException(
                    "In order a message waits unacknowledged, and the broker takes it back after"
                            + " 30 minutes: the longest delay of " + queue + " times their number is at most "
                            + LONGEST_IN_ORDER + ", not " + most);
        }
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
