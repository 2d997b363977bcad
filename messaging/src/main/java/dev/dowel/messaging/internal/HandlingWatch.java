package dev.dowel.messaging.internal;

import dev.dowel.messaging.Subscription;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Knows what one consumer's handler is busy with, and reports one that takes too long. Safe for use by two threads. */
final class HandlingWatch {
    private static final Logger LOG = LoggerFactory.getLogger(Subscription.class);

    private final String queue;
    private final Duration limit;
    private final ConsumeEvents events;
    private final AtomicReference<@Nullable Busy> busy = new AtomicReference<>();

    HandlingWatch(String queue, Duration limit, ConsumeEvents events) {
        this.queue = queue;
        this.limit = limit;
        this.events = events;
    }

    private record Busy(Incoming message, long since) {}

    void begin(Incoming message) {
        busy.set(new Busy(message, System.nanoTime()));
    }

    void end() {
        busy.set(null);
    }

    /** Reports a handler that runs longer than it may, once. */
    void check() {
        Busy now = busy.get();
        if (now == null) {
            return;
        }
        Duration running = Duration.ofNanos(System.nanoTime() - now.since());
        if (running.compareTo(limit) > 0 && busy.compareAndSet(now, null)) {
            LOG.warn(
                    "{}: the handler of {} has been running for {} s, longer than {}; the broker takes the message back"
                            + " after its acknowledgement timeout",
                    queue,
                    Headers.shown(now.message().routingKey()),
                    running.toSeconds(),
                    limit);
            events.slow(now.message(), running);
        }
    }
}
