package dev.dowel.messaging;

import java.time.Duration;
import java.time.LocalDate;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Hears what messaging does, for metrics and logs. Set it with {@link Messaging.Builder#listener}. No event holds a message
 * id, a key, a body, a header, a routing key or a broker's address, and what names an event is one of few: those that this
 * process publishes or has bound.
 *
 * <p>The methods are called by several threads at once, also by those of the connection that confirms arrive on, so they
 * must be quick and neither block nor publish. What one throws is logged once for the listener and has no other effect.
 */
public interface MessagingListener {
    /** The name that stands for all events that no binding of the subscription names. */
    String OTHER = "other";

    /**
     * Hears once, before all else, where the state can be read at any time.
     *
     * @param health {@link Messaging#health()}; cheap, never blocks on the broker
     */
    default void attached(Supplier<MessagingHealth> health) {}

    /**
     * Hears that a publication ended. Copies that go to retry and parking queues, and what is replayed from a parking lot,
     * are no publications.
     *
     * @param event what was published and how that ended
     */
    default void published(Published event) {}

    /**
     * Hears that a subscription was started.
     *
     * @param queue its queue
     */
    default void subscribed(String queue) {}

    /**
     * Hears, on the handler's thread, that the handling of a delivered message ended; also when no handler was called.
     *
     * @param event whose and how it ended
     */
    default void consumed(Consumed event) {}

    /**
     * Hears that a connection has another state.
     *
     * @param event which and what
     */
    default void connectionChanged(ConnectionChange event) {}

    /**
     * Hears, once for each handling, that a handler has been running longer than {@link
     * SubscriptionBuilder#maxHandlingTime}. The double has no such handlers.
     *
     * @param event whose
     */
    default void handlerIsSlow(SlowHandler event) {}

    /**
     * Hears, on the handler's thread, of each attempt at a message in a version that will end. Its publisher says when, in
     * the header {@code message-sunset}.
     *
     * @param event which version
     */
    default void deprecatedVersion(DeprecatedVersion event) {}

    /**
     * Hears that the broker refused an exchange, a queue or a binding; again only when it says something else.
     *
     * @param event what and why
     */
    default void topologyProblem(TopologyProblem event) {}

    /** How the handling of a delivered message ended. */
    enum Result {
        /** The handler returned. */
        HANDLED,
        /** The handler failed and the message is tried again after a delay. */
        RETRIED,
        /** It went to the parking queue. */
        PARKED,
        /** The inbox knew the event already. */
        DUPLICATE,
        /** Its version is outside the range that the subscription wants. */
        SKIPPED,
        /** The broker is to deliver it again: the handler broke down, or the message could not be moved. */
        GIVEN_BACK
    }

    /** The connections of one {@link Messaging}. */
    enum Connection {
        /** The one that publishes. */
        PUBLISHING,
        /** The one that consumes. */
        CONSUMING
    }

    /**
     * A publication that ended.
     *
     * @param exchange where it was published
     * @param event the event's name, without the version
     * @param failure why it was not confirmed; empty if it was
     * @param duration from the call to its end, encoding and waiting for the window included
     */
    record Published(String exchange, String event, Optional<PublishException.Kind> failure, Duration duration) {
        /**
         * Checks that nothing is null.
         *
         * @param exchange where it was published
         * @param event the event's name
         * @param failure why it was not confirmed
         * @param duration how long it took
         */
        public Published {
            Objects.requireNonNull(exchange, "exchange");
            Objects.requireNonNull(event, "event");
            Objects.requireNonNull(failure, "failure");
            Objects.requireNonNull(duration, "duration");
        }
    }

    /**
     * A delivered message whose handling ended.
     *
     * @param queue the subscription's queue
     * @param event the event's name if a binding of the subscription names it, else {@link #OTHER}
     * @param result how it ended
     * @param duration how long decoding and handling took, without what was done with the message afterwards
     * @param lag how long before the handling it was published, to the second, never negative; empty if the publisher
     *     set no time, or one more than a year away
     * @param attempt which attempt it was, from 1
     */
    record Consumed(String queue, String event, Result result, Duration duration, Optional<Duration> lag, int attempt) {
        /**
         * Checks that nothing is null.
         *
         * @param queue the subscription's queue
         * @param event the event's name
         * @param result how it ended
         * @param duration how long it took
         * @param lag how long before it was published
         * @param attempt which attempt it was
         */
        public Consumed {
            Objects.requireNonNull(queue, "queue");
            Objects.requireNonNull(event, "event");
            Objects.requireNonNull(result, "result");
            Objects.requireNonNull(duration, "duration");
            Objects.requireNonNull(lag, "lag");
        }
    }

    /**
     * A change of a connection's state.
     *
     * @param connection which connection
     * @param from its state before; {@link ConnectionState#BLOCKED} if it is let through again
     * @param to its state now; {@link ConnectionState#BLOCKED} if the broker has begun to block it
     * @param reconnected whether it is there again after it was lost
     */
    record ConnectionChange(Connection connection, ConnectionState from, ConnectionState to, boolean reconnected) {
        /**
         * Checks that nothing is null.
         *
         * @param connection which connection
         * @param from its state before
         * @param to its state now
         * @param reconnected whether it is there again
         */
        public ConnectionChange {
            Objects.requireNonNull(connection, "connection");
            Objects.requireNonNull(from, "from");
            Objects.requireNonNull(to, "to");
        }
    }

    /**
     * A handler that runs too long.
     *
     * @param queue the subscription's queue
     * @param event the event's name if a binding of the subscription names it, else {@link #OTHER}
     * @param running for how long so far
     */
    record SlowHandler(String queue, String event, Duration running) {
        /**
         * Checks that nothing is null.
         *
         * @param queue the subscription's queue
         * @param event the event's name
         * @param running for how long so far
         */
        public SlowHandler {
            Objects.requireNonNull(queue, "queue");
            Objects.requireNonNull(event, "event");
            Objects.requireNonNull(running, "running");
        }
    }

    /**
     * A version that will end and is still consumed. Number and date are those of the message, whatever its publisher wrote:
     * not for tags.
     *
     * @param queue the subscription's queue
     * @param event the event's name if a binding of the subscription names it, else {@link #OTHER}
     * @param major the version's first number
     * @param sunset the first day without it
     */
    record DeprecatedVersion(String queue, String event, int major, LocalDate sunset) {
        /**
         * Checks that nothing is null.
         *
         * @param queue the subscription's queue
         * @param event the event's name
         * @param major the version's first number
         * @param sunset the first day without it
         */
        public DeprecatedVersion {
            Objects.requireNonNull(queue, "queue");
            Objects.requireNonNull(event, "event");
            Objects.requireNonNull(sunset, "sunset");
        }
    }

    /**
     * Something that is not on the broker as wanted.
     *
     * @param object what, such as {@code queue likes.parking}
     * @param reason what the broker said
     */
    record TopologyProblem(String object, String reason) {
        /**
         * Checks that nothing is null.
         *
         * @param object what
         * @param reason what the broker said
         */
        public TopologyProblem {
            Objects.requireNonNull(object, "object");
            Objects.requireNonNull(reason, "reason");
        }
    }
}
