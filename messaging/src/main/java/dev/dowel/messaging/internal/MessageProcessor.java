package dev.dowel.messaging.internal;

import com.rabbitmq.client.AMQP;
import dev.dowel.messaging.MessagingListener.Result;
import dev.dowel.messaging.PublishException;
import dev.dowel.messaging.Subscription;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does with one delivered message what its handling calls for, and says what to tell the broker. A message is
 * acknowledged only when it was handled or its copy was confirmed somewhere else.
 */
final class MessageProcessor {
    private static final Logger LOG = LoggerFactory.getLogger(Subscription.class);

    private final SubscriptionPlan plan;
    private final Handling handling;
    private final Lane lane;
    private final ConsumeEvents events;

    MessageProcessor(SubscriptionPlan plan, Handling handling, Lane lane, ConsumeEvents events) {
        this.plan = plan;
        this.handling = handling;
        this.lane = lane;
        this.events = events;
    }

    /** What to tell the broker. */
    enum Verdict {
        /** The message is dealt with. */
        ACK,
        /** It is no longer this consumer's: there is nothing to tell. */
        LEAVE,
        /** It must be delivered again, but not at once: it could not be moved to another queue. */
        GIVE_BACK_LATER,
        /** It must be delivered again and the broker must count that: handling it broke down. */
        BROKE_DOWN
    }

    /** Who holds the message meanwhile. */
    interface Holder {
        HandlingWatch watch();

        /** Waits with the message; returns false as soon as the message is to be given back or has been taken away. */
        boolean keep(Duration time);

        /** Hears that a queue which the message was to be moved to is not there. */
        void missed(String queue);
    }

    ConsumeEvents events() {
        return events;
    }

    Verdict process(RabbitDelivery delivery, Holder holder) {
        while (true) {
            ConsumeEvents.Begun begun = events.begin(delivery);
            Outcome outcome = handle(delivery, holder.watch());
            Duration took = events.end(begun);
            if (plan.inOrder() && outcome instanceof Outcome.Retry retry) {
                logRetry(delivery, retry);
                events.consumed(delivery, delivery.attempt(), Result.RETRIED, begun, took);
                Instant failedAt = Instant.now();
                if (!holder.keep(retry.delay())) {
                    return Verdict.LEAVE;
                }
                delivery.nextAttempt(failedAt);
            } else {
                Verdict verdict = dealWith(delivery, outcome, holder);
                events.consumed(delivery, delivery.attempt(), result(outcome, verdict), begun, took);
                return verdict;
            }
        }
    }

    private Verdict dealWith(RabbitDelivery delivery, Outcome outcome, Holder holder) {
        if (outcome instanceof Outcome.Park park) {
            return park(delivery, park, holder);
        }
        if (outcome instanceof Outcome.BrokeDown down) {
            LOG.error(
                    "{}: the handler of {} broke down; the message is given back",
                    plan.queue(),
                    Headers.shown(delivery.routingKey()),
                    down.failure());
            return Verdict.BROKE_DOWN;
        }
        if (outcome instanceof Outcome.Retry retry) {
            logRetry(delivery, retry);
            return move(
                    delivery,
                    RetryQueue.of(plan.queue(), retry.delay()).name(),
                    FailureHeaders.retry(delivery, plan.queue(), retry.failure(), delivery.attempt() + 1),
                    holder);
        }
        return Verdict.ACK;
    }

    private static Result result(Outcome outcome, Verdict verdict) {
        if (verdict != Verdict.ACK) {
            return Result.GIVEN_BACK;
        }
        if (outcome instanceof Outcome.Done done) {
            return done.result();
        }
        return outcome instanceof Outcome.Park ? Result.PARKED : Result.RETRIED;
    }

    private void logRetry(RabbitDelivery delivery, Outcome.Retry retry) {
        LOG.info(
                "{}: attempt {} of {} failed with {}; again in {}",
                plan.queue(),
                delivery.attempt(),
                Headers.shown(delivery.routingKey()),
                retry.failure().getClass().getName(),
                retry.delay());
    }

    private Outcome handle(RabbitDelivery delivery, HandlingWatch watch) {
        // Whoever interrupted meant a handler that is over by now.
        forgetInterrupt();
        watch.begin(delivery);
        try {
            return handling.handle(delivery);
        } finally {
            watch.end();
            // The copy of this message must not suffer.
            forgetInterrupt();
        }
    }

    private static void forgetInterrupt() {
        boolean unused = Thread.interrupted();
    }

    private Verdict park(RabbitDelivery delivery, Outcome.Park park, Holder holder) {
        LOG.warn(
                "{} parks {} (message-id {}) after attempt {}: {}",
                plan.queue(),
                Headers.shown(delivery.routingKey()),
                Headers.shown(delivery.messageId().orElse("none")),
                delivery.attempt(),
                park.failure().map(e -> e.getClass().getName()).orElseGet(() -> Headers.shown(park.reason())));
        return move(
                delivery,
                plan.parking(),
                FailureHeaders.parked(delivery, plan.queue(), park.reason(), park.failure()),
                holder);
    }

    /** Publishes the copy and waits for its confirm; only then may the original go. */
    private Verdict move(RabbitDelivery delivery, String queue, AMQP.BasicProperties properties, Holder holder) {
        try {
            lane.publish("", queue, true, properties, delivery.body()).join();
            return Verdict.ACK;
        } catch (CompletionException e) {
            LOG.warn(
                    "{}: {} could not be moved to {} and is given back: {}",
                    plan.queue(),
                    Headers.shown(delivery.routingKey()),
                    queue,
                    e.getCause() == null ? e.getMessage() : e.getCause().getMessage());
            if (failedFor(e, PublishException.Kind.UNROUTABLE)) {
                holder.missed(queue);
            }
            // With what is noted about its failure it fits nowhere: the broker, which counts, parks it in the end.
            return failedFor(e, PublishException.Kind.TOO_LARGE) ? Verdict.BROKE_DOWN : Verdict.GIVE_BACK_LATER;
        }
    }

    private static boolean failedFor(CompletionException e, PublishException.Kind kind) {
        return e.getCause() instanceof PublishException failure && failure.kind() == kind;
    }
}
