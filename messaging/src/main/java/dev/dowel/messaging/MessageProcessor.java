package dev.dowel.messaging;

import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides what becomes of one delivered message: handled, skipped, sent to a retry queue, parked, or given back. A
 * message is acknowledged only when it was handled or its copy was confirmed somewhere else.
 */
final class MessageProcessor<T> {
    private static final Logger LOG = LoggerFactory.getLogger(Subscription.class);

    private final SubscriptionPlan plan;
    private final Class<T> type;
    private final MessageHandler<T> handler;
    private final JsonCodec json;
    private final Lane lane;

    MessageProcessor(SubscriptionPlan plan, Class<T> type, MessageHandler<T> handler, JsonCodec json, Lane lane) {
        this.plan = plan;
        this.type = type;
        this.handler = handler;
        this.json = json;
        this.lane = lane;
    }

    /** What to tell the broker. */
    enum Verdict {
        /** The message is dealt with. */
        ACK,
        /** It must be delivered again at once; that was not the message's fault. */
        GIVE_BACK,
        /** It must be delivered again, but not at once: it could not be moved to another queue. */
        GIVE_BACK_LATER,
        /** It must be delivered again and the broker must count that: handling it broke down. */
        BROKE_DOWN
    }

    Verdict process(RabbitDelivery delivery) {
        Optional<Version> version = delivery.version();
        Optional<String> name = delivery.eventName();
        if (version.isPresent() && name.isPresent() && !plan.wants(name.get(), version.get())) {
            LOG.debug("{} skips {}: the version is not in range", plan.queue(), delivery.routingKey());
            return Verdict.ACK;
        }
        T body;
        try {
            body = json.decode(delivery.body(), type);
        } catch (RuntimeException e) {
            return park(delivery, "undecodable: " + FailureHeaders.reason(e), e);
        }
        if (plan.inbox().isPresent() && delivery.eventId().isEmpty()) {
            return park(delivery, "has neither event-id nor message-id, so the inbox cannot tell duplicates", null);
        }
        return handle(delivery, body);
    }

    private Verdict handle(RabbitDelivery delivery, T body) {
        try {
            if (plan.inbox().isPresent()) {
                boolean handled = plan.inbox()
                        .get()
                        .once(plan.queue(), delivery.eventId().orElseThrow(), connection -> {
                            delivery.connection(connection);
                            handler.handle(body, delivery);
                        });
                if (!handled) {
                    LOG.debug("{} drops a duplicate of {}", plan.queue(), delivery.routingKey());
                }
            } else {
                handler.handle(body, delivery);
            }
            return Verdict.ACK;
        } catch (RejectMessage e) {
            return park(delivery, FailureHeaders.reason(e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Verdict.GIVE_BACK;
        } catch (Exception e) {
            return failed(delivery, e);
        } catch (Error e) { // NOPMD: whatever it is, the message must not be acknowledged
            LOG.error(
                    "{}: the handler of {} broke down; the message is given back",
                    plan.queue(),
                    delivery.routingKey(),
                    e);
            return Verdict.BROKE_DOWN;
        }
    }

    private Verdict failed(RabbitDelivery delivery, Exception e) {
        int attempt = delivery.attempt();
        if (attempt > plan.retries().size()) {
            return park(delivery, FailureHeaders.reason(e), e);
        }
        RetryQueue retry = e instanceof RetryLater later
                ? plan.retryAfter(later.delay())
                : plan.retries().get(attempt - 1);
        LOG.info(
                "{}: attempt {} of {} failed with {}; again in {}",
                plan.queue(),
                attempt,
                delivery.routingKey(),
                e.getClass().getName(),
                retry.delay());
        return move(delivery, retry.name(), FailureHeaders.retry(delivery, plan.queue(), e, attempt + 1));
    }

    private Verdict park(RabbitDelivery delivery, String reason, @org.jspecify.annotations.Nullable Throwable failure) {
        LOG.warn(
                "{} parks {} (message-id {}) after attempt {}: {}",
                plan.queue(),
                delivery.routingKey(),
                delivery.messageId().orElse("none"),
                delivery.attempt(),
                failure == null ? reason : failure.getClass().getName());
        return move(delivery, plan.parking(), FailureHeaders.parked(delivery, plan.queue(), reason, failure));
    }

    /** Publishes the copy and waits for its confirm; only then may the original go. */
    private Verdict move(RabbitDelivery delivery, String queue, com.rabbitmq.client.AMQP.BasicProperties properties) {
        try {
            lane.publish("", queue, true, properties, delivery.body()).join();
            return Verdict.ACK;
        } catch (CompletionException e) {
            LOG.warn(
                    "{}: {} could not be moved to {} and is given back: {}",
                    plan.queue(),
                    delivery.routingKey(),
                    queue,
                    e.getCause() == null ? e.getMessage() : e.getCause().getMessage());
            return Verdict.GIVE_BACK_LATER;
        }
    }
}
