package dev.dowel.messaging.internal;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One place for a consumer on a channel of its own, filled anew whenever the channel or the consumer is gone. */
final class Worker {
    private static final Duration LONGEST_IDLE = Duration.ofSeconds(30);

    private final SubscriptionPlan plan;
    private final MessageProcessor processor;
    private final ChannelConsumer.Owner owner;
    private final Executor executor;
    private volatile @Nullable ChannelConsumer consumer;
    /** Those before it whose handlers are still running. */
    private final Set<ChannelConsumer> replaced = ConcurrentHashMap.newKeySet();

    /** What waits for a handler runs on the executor. */
    Worker(SubscriptionPlan plan, MessageProcessor processor, ChannelConsumer.Owner owner, Executor executor) {
        this.plan = plan;
        this.processor = processor;
        this.owner = owner;
        this.executor = executor;
    }

    boolean active() {
        ChannelConsumer now = consumer;
        return now != null && now.active();
    }

    /** Tells whether the calling thread is that of its handler, or of one that it has not waited for. */
    boolean handlingHere() {
        return all().anyMatch(ChannelConsumer::handlingHere);
    }

    private Stream<ChannelConsumer> all() {
        return Stream.concat(Stream.ofNullable(consumer), replaced.stream());
    }

    /** The broker has cancelled a consumer, perhaps this one. */
    void cancelledByBroker(String tag) {
        ChannelConsumer now = consumer;
        if (now != null) {
            now.cancelledByBroker(tag);
        }
    }

    /** Reports handlers that run too long. */
    void checkHandling() {
        replaced.removeIf(one -> !one.busy());
        all().forEach(one -> one.watch().check());
    }

    /** Tells whether its consumer has had nothing to do for so long that it may be dead. */
    boolean idle() {
        ChannelConsumer now = consumer;
        return now != null && now.active() && now.idleLongerThan(LONGEST_IDLE);
    }

    void open(Connection from) throws IOException {
        close();
        ChannelConsumer old = consumer;
        if (old != null && old.busy()) {
            replaced.add(old);
        }
        consumer = opened(from);
        if (owner.stopping()) {
            // It came too late to be cancelled with the others.
            cancel();
        }
    }

    /** Puts another consumer in the place of one that has nothing to do; there is one all the time. */
    void renew(Connection from) throws IOException {
        ChannelConsumer old = consumer;
        if (old != null && old.hold()) {
            try {
                consumer = opened(from);
                old.retire();
            } finally {
                old.letGo();
            }
            old.close();
            if (owner.stopping()) {
                cancel();
            }
        }
    }

    private ChannelConsumer opened(Connection from) throws IOException {
        Channel channel = Exchanges.openChannel(from);
        HandlingWatch watch = new HandlingWatch(plan.queue(), plan.maxHandlingTime(), processor.events());
        ChannelConsumer fresh = new ChannelConsumer(channel, plan.queue(), processor, watch, owner);
        try {
            channel.basicQos(share());
            fresh.consume();
            return fresh;
        } catch (IOException | RuntimeException e) {
            channel.abort();
            throw e;
        }
    }

    private int share() {
        return (plan.prefetch() + plan.concurrency() - 1) / plan.concurrency();
    }

    void cancel() {
        ChannelConsumer now = consumer;
        // With the consumer gone the broker would give the next message to another instance at once, while this one is
        // still being handled.
        if (now != null && !plan.inOrder()) {
            now.cancel(share());
        }
    }

    /**
     * Completes when the last delivery before the broker's answer to cancel is dealt with, and what consumers before it began,
     * at the latest at the end.
     */
    CompletableFuture<Void> drained(long end) {
        Stream<CompletableFuture<Void>> before =
                replaced.stream().map(one -> CompletableFuture.runAsync(() -> one.awaitIdle(end), executor));
        return CompletableFuture.allOf(
                Stream.concat(Stream.of(nowDrained(end)), before).toArray(CompletableFuture<?>[]::new));
    }

    private CompletableFuture<Void> nowDrained(long end) {
        ChannelConsumer now = consumer;
        if (now != null && plan.inOrder()) {
            return CompletableFuture.runAsync(() -> now.awaitIdle(end), executor);
        }
        return now == null
                ? CompletableFuture.completedFuture(null)
                : now.gone().copy().completeOnTimeout(null, end - System.nanoTime(), TimeUnit.NANOSECONDS);
    }

    void close() {
        ChannelConsumer now = consumer;
        if (now != null) {
            now.close();
        }
    }
}
