package dev.dowel.messaging.internal;

import dev.dowel.messaging.Inbox;
import dev.dowel.messaging.JsonCodec;
import dev.dowel.messaging.MessagingListener.Result;
import dev.dowel.messaging.Subscription;
import dev.dowel.messaging.TraceContext;
import dev.dowel.messaging.Version;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds and runs the handler of one message and says what is to become of the message, on a broker and on the double alike. */
public final class Handling {
    private static final Logger LOG = LoggerFactory.getLogger(Subscription.class);

    private final SubscriptionPlan plan;
    private final Handlers handlers;
    private final JsonCodec json;
    private final Tracing tracing;
    private final Deprecations deprecations;

    /**
     * Makes the handling of a subscription.
     *
     * @param plan what it consumes and how
     * @param handlers which handler a message goes to
     * @param json how bodies are decoded
     * @param tracing makes the trace of a message current while it is handled
     * @param deprecations hears of versions that will end
     */
    public Handling(
            SubscriptionPlan plan, Handlers handlers, JsonCodec json, Tracing tracing, Deprecations deprecations) {
        this.plan = plan;
        this.handlers = handlers;
        this.json = json;
        this.tracing = tracing;
        this.deprecations = deprecations;
    }

    /**
     * Handles a message.
     *
     * @param message the message
     * @return what is to become of it; nothing is ever thrown
     */
    public Outcome handle(Incoming message) {
        Optional<Handlers.Entry<?>> handler = handlers.find(message.eventName(), message.version());
        if (handler.isEmpty()) {
            return park("no handler for " + message.eventName().orElse("an event without a name") + " "
                    + message.version().map(Version::toString).orElse("without a version"));
        }
        if (message.version().isPresent()
                && message.eventName().isPresent()
                && !plan.wants(message.eventName().get(), message.version().get())) {
            LOG.debug("{} skips {}: the version is not in range", plan.queue(), Headers.shown(message.routingKey()));
            return new Outcome.Done(Result.SKIPPED);
        }
        if (plan.inbox().filter(inbox -> id(inbox, message).isEmpty()).isPresent()) {
            return park("has no id that the inbox could tell duplicates by");
        }
        deprecations.received(plan, message);
        return traced(handler.get(), message);
    }

    private static Outcome park(String reason) {
        return new Outcome.Park(reason, Optional.empty());
    }

    private Outcome traced(Handlers.Entry<?> handler, Incoming message) {
        try (TraceContext.Scope trace = tracing.restore(plan.queue(), message.headers())) {
            Outcome outcome = attempt(handler, message);
            outcome.thrown().ifPresent(trace::failed);
            return outcome;
        }
    }

    private Outcome attempt(Handlers.Entry<?> handler, Incoming message) {
        for (int left = plan.failures().immediateRetries(); ; left--) {
            Handlers.Call call;
            try {
                // Each time anew: the handler may have changed the body before it failed.
                call = handler.decode(json, message.body());
            } catch (RuntimeException | StackOverflowError e) {
                return new Outcome.Park("undecodable: " + FailureHeaders.reason(e), Optional.of(e));
            } catch (Error e) { // NOPMD: a class that cannot be loaded must cost this message only
                return new Outcome.BrokeDown(e);
            }
            try {
                return new Outcome.Done(run(call, message));
            } catch (InterruptedException e) {
                return new Outcome.BrokeDown(e);
            } catch (Exception e) {
                if (left <= 0 || !plan.failures().mayPass(e)) {
                    return failed(message, e);
                }
            } catch (Error e) { // NOPMD: whatever it is, the message must not be acknowledged
                return new Outcome.BrokeDown(e);
            }
        }
    }

    private Result run(Handlers.Call call, Incoming message) throws Exception {
        Optional<Inbox> inbox = plan.inbox();
        if (inbox.isEmpty()) {
            call.run(message);
            return Result.HANDLED;
        }
        boolean handled = inbox.get()
                .once(plan.queue(), id(inbox.get(), message).orElseThrow(), connection -> {
                    message.connection(connection);
                    call.run(message);
                });
        if (!handled) {
            LOG.debug("{} drops a duplicate of {}", plan.queue(), Headers.shown(message.routingKey()));
        }
        return handled ? Result.HANDLED : Result.DUPLICATE;
    }

    private static Optional<String> id(Inbox inbox, Incoming message) {
        return inbox.id() == Inbox.Id.EVENT ? message.eventId() : message.messageId();
    }

    private Outcome failed(Incoming message, Exception e) {
        return plan.failures()
                .delayAfter(message.attempt(), e)
                .<Outcome>map(delay -> new Outcome.Retry(delay, e))
                .orElseGet(() -> new Outcome.Park(FailureHeaders.reason(e), Optional.of(e)));
    }
}
