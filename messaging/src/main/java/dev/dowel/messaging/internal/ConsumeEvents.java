package dev.dowel.messaging.internal;

import dev.dowel.messaging.MessagingListener.Consumed;
import dev.dowel.messaging.MessagingListener.Result;
import dev.dowel.messaging.MessagingListener.SlowHandler;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/** Tells what becomes of the messages of one subscription. Names that publishers choose freely are not passed on. */
public final class ConsumeEvents {
    private static final Duration PLAUSIBLE = Duration.ofDays(365);

    private final SubscriptionPlan plan;
    private final Events events;
    private final InstantSource clock;

    /**
     * Makes what tells about a subscription.
     *
     * @param plan the subscription's plan
     * @param events who is told
     * @param clock what publishing times are compared with
     */
    public ConsumeEvents(SubscriptionPlan plan, Events events, InstantSource clock) {
        this.plan = plan;
        this.events = events;
        this.clock = clock;
    }

    /**
     * Notes that handling begins.
     *
     * @param message the message
     * @return how it begins
     */
    public Begun begin(Incoming message) {
        return events.silent() ? Begun.UNHEARD : new Begun(System.nanoTime(), lag(message));
    }

    /**
     * Notes that handling is over, what becomes of the message still to come.
     *
     * @param begun how it began
     * @return how long it took
     */
    public Duration end(Begun begun) {
        return events.silent() ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - begun.since());
    }

    /**
     * Tells what has become of a message.
     *
     * @param message the message
     * @param attempt which attempt it was
     * @param result what has become of it
     * @param begun how handling began
     * @param took how long it took
     */
    public void consumed(Incoming message, int attempt, Result result, Begun begun, Duration took) {
        if (!events.silent()) {
            Consumed consumed = new Consumed(plan.queue(), plan.shown(message), result, took, begun.lag(), attempt);
            events.tell(listener -> listener.consumed(consumed));
        }
    }

    void slow(Incoming message, Duration running) {
        if (!events.silent()) {
            SlowHandler slow = new SlowHandler(plan.queue(), plan.shown(message), running);
            events.tell(listener -> listener.handlerIsSlow(slow));
        }
    }

    private Optional<Duration> lag(Incoming message) {
        return message.publishedAt()
                .map(published -> Duration.between(published, clock.instant()))
                .filter(lag -> lag.abs().compareTo(PLAUSIBLE) <= 0)
                .map(lag -> lag.isNegative() ? Duration.ZERO : lag);
    }

    /**
     * When handling began.
     *
     * @param since nanoseconds
     * @param lag how long before the message was published
     */
    public record Begun(long since, Optional<Duration> lag) {
        static final Begun UNHEARD = new Begun(0, Optional.empty());
    }
}
