package dev.dowel.messaging.testing;

import dev.dowel.messaging.Contract;
import dev.dowel.messaging.MessagingListener.Result;
import dev.dowel.messaging.ParkedMessage;
import dev.dowel.messaging.internal.ConsumeEvents;
import dev.dowel.messaging.internal.Failure;
import dev.dowel.messaging.internal.FailureReport;
import dev.dowel.messaging.internal.Handling;
import dev.dowel.messaging.internal.Outcome;
import dev.dowel.messaging.internal.SubscriptionPlan;
import dev.dowel.messaging.internal.TopicPattern;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One queue of the double with its bindings, retries and parking lot; it outlives its subscriptions. Guarded by the double's lock. */
final class InMemoryQueue {
    private static final int DELIVERY_LIMIT = 20;
    private static final Duration GIVE_BACK = Duration.ofSeconds(1);
    private static final String HOST = "in-memory";

    private final String name;
    private final InMemoryBroker broker;
    private final Set<Contract.Binding> bindings = new LinkedHashSet<>();
    private final Deque<QueuedMessage> waiting = new ArrayDeque<>();
    private final List<Parked> parked = new ArrayList<>();
    private @Nullable Consumer consumer;
    private boolean busy;

    InMemoryQueue(String name, InMemoryBroker broker) {
        this.name = name;
        this.broker = broker;
    }

    /** A message that was given up, and the report about it. */
    record Parked(QueuedMessage message, ParkedMessage report) {}

    /** What a consumer waits with, on a connection that was lost so often before. */
    private static final class Hold {
        private final QueuedMessage message;
        private final int losses;

        Hold(QueuedMessage message, int losses) {
            this.message = message;
            this.losses = losses;
        }
    }

    private static final class Consumer {
        private final SubscriptionPlan plan;
        private final Handling handling;
        private final ConsumeEvents events;
        private @Nullable Hold hold;

        Consumer(SubscriptionPlan plan, Handling handling, ConsumeEvents events) {
            this.plan = plan;
            this.handling = handling;
            this.events = events;
        }
    }

    String name() {
        return name;
    }

    boolean consumed() {
        return consumer != null;
    }

    /** Returns how many consumers a broker would see. */
    int consumers() {
        return consumer == null ? 0 : consumer.plan.concurrency();
    }

    void consume(SubscriptionPlan plan, Handling handling, ConsumeEvents events) {
        bindings.addAll(plan.bindings());
        consumer = new Consumer(plan, handling, events);
        deliver();
    }

    Optional<Contract.Consumed> contract() {
        return Optional.ofNullable(consumer).map(now -> now.plan.contract());
    }

    void stop() {
        if (consumer != null) {
            giveBackHeld(consumer);
        }
        consumer = null;
    }

    List<Parked> parked() {
        return parked;
    }

    /** Tells whether the broker would route the key here; ranges finer than a word are filtered on arrival. */
    boolean routes(String exchange, String key) {
        return bindings.stream()
                .filter(binding -> binding.exchange().equals(exchange))
                .flatMap(binding -> binding.routingKeys().stream())
                .anyMatch(pattern -> TopicPattern.matches(pattern, key));
    }

    void offer(QueuedMessage message) {
        waiting.addLast(message);
        deliver();
    }

    /** Hands out what waits. What a handler publishes to its own queue is handed out after the handler has returned. */
    void deliver() {
        if (busy) {
            return;
        }
        busy = true;
        boolean interrupted = false;
        try {
            for (Consumer now = consumer;
                    now != null && broker.delivering() && !holds(now) && !waiting.isEmpty();
                    now = consumer) {
                handle(now, waiting.removeFirst());
                // Whoever interrupted meant that handler, or the test: the next handler must not suffer.
                interrupted |= Thread.interrupted();
            }
        } finally {
            busy = false;
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private boolean holds(Consumer now) {
        if (now.hold != null && now.hold.losses != broker.faults().losses()) {
            giveBackHeld(now);
        }
        return now.hold != null;
    }

    private void giveBackHeld(Consumer now) {
        Hold hold = now.hold;
        now.hold = null;
        if (hold != null) {
            giveBack(hold.message);
        }
    }

    private void handle(Consumer by, QueuedMessage next) {
        boolean duplicate = broker.faults().takeDuplicate();
        boolean lost = broker.faults().takeLostConnection();
        int losses = broker.faults().losses();
        InMemoryDelivery delivery = new InMemoryDelivery(next);
        ConsumeEvents.Begun begun = by.events.begin(delivery);
        Outcome outcome = by.handling.handle(delivery);
        Duration took = by.events.end(begun);
        if (duplicate) {
            waiting.addFirst(next);
        }
        // With the connection the acknowledgement is lost, and any copy.
        Result result = lost || broker.faults().losses() != losses ? giveBack(next) : settle(by, next, outcome);
        by.events.consumed(delivery, next.attempt(), result, begun, took);
    }

    private Result settle(Consumer by, QueuedMessage next, Outcome outcome) {
        if (outcome instanceof Outcome.Done done) {
            return done.result();
        }
        if (outcome instanceof Outcome.BrokeDown) {
            return giveBack(next);
        }
        if (outcome instanceof Outcome.Retry retry && by.plan.inOrder()) {
            Instant failedAt = broker.clock().instant();
            hold(by, next, retry.delay(), () -> waiting.addFirst(next.again(failedAt)));
            return Result.RETRIED;
        }
        if (broker.faults().blocked()) {
            hold(by, next, GIVE_BACK, () -> giveBack(next));
            return Result.GIVEN_BACK;
        }
        if (outcome instanceof Outcome.Retry retry) {
            QueuedMessage copy =
                    next.retried(failure(next, FailureReport.reason(retry.failure()), Optional.of(retry.failure())));
            broker.clock().later(retry.delay(), () -> offer(copy));
            return Result.RETRIED;
        }
        Outcome.Park park = (Outcome.Park) outcome;
        Map<String, String> notes = failure(next, park.reason(), park.failure());
        park(
                next,
                park.reason(),
                park.failure(),
                Optional.of(HOST),
                next.with(notes).headers());
        return Result.PARKED;
    }

    /** Waits with a message, unless the consumer is stopped meanwhile or the connection lost: then others get it. */
    private void hold(Consumer by, QueuedMessage message, Duration time, Runnable then) {
        if (consumer != by) {
            giveBack(message);
            return;
        }
        Hold hold = new Hold(message, broker.faults().losses());
        by.hold = hold;
        broker.clock().later(time, () -> {
            if (by.hold == hold) {
                by.hold = null;
                then.run();
                deliver();
            }
        });
    }

    private Result giveBack(QueuedMessage message) {
        QueuedMessage returned = message.returned();
        if (returned.givenBack() > DELIVERY_LIMIT) {
            park(
                    returned,
                    "delivery_limit",
                    Optional.empty(),
                    Optional.empty(),
                    returned.message().headers());
        } else {
            waiting.addFirst(returned);
        }
        return Result.GIVEN_BACK;
    }

    private Map<String, String> failure(QueuedMessage message, String reason, Optional<? extends Throwable> thrown) {
        return new Failure(
                        name,
                        message.exchange(),
                        reason,
                        thrown.map(e -> e.getClass().getName()).orElse(""),
                        HOST,
                        broker.clock().instant())
                .notes(new InMemoryDelivery(message));
    }

    private void park(
            QueuedMessage message,
            String reason,
            Optional<Throwable> failure,
            Optional<String> host,
            Map<String, String> headers) {
        InMemoryDelivery delivery = new InMemoryDelivery(message);
        Instant now = broker.clock().instant();
        ParkedMessage report = new ParkedMessage(
                FailureReport.id(delivery.messageId(), delivery.routingKey(), delivery.body()),
                delivery.messageId(),
                delivery.eventId(),
                message.exchange(),
                delivery.routingKey(),
                delivery.version(),
                name,
                message.attempt(),
                FailureReport.cut(reason),
                failure.map(e -> e.getClass().getName()),
                Optional.of(delivery.firstFailureAt().orElse(now)),
                Optional.of(now),
                host,
                headers,
                delivery.body());
        parked.add(new Parked(message, report));
    }
}
