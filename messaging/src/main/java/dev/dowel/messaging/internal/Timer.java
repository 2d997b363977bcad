package dev.dowel.messaging.internal;

import dev.dowel.messaging.Messaging;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs quick tasks again and again on one thread, also those that have thrown. */
final class Timer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Messaging.class);

    private final ScheduledExecutorService thread;

    Timer(ThreadFactory threads) {
        this.thread = Executors.newSingleThreadScheduledExecutor(threads);
    }

    void every(Duration pause, Runnable task) {
        long nanos = pause.toNanos();
        ScheduledFuture<?> unused =
                thread.scheduleWithFixedDelay(() -> guarded(task), nanos, nanos, TimeUnit.NANOSECONDS);
    }

    /** Runs a task; whatever it throws is only logged. */
    static void guarded(Runnable task) {
        try {
            task.run();
        } catch (Throwable e) { // NOPMD: what is thrown here would end the task for ever
            LOG.warn("A task in the background failed", e);
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
