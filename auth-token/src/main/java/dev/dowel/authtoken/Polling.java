package dev.dowel.authtoken;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does a task again and again on a daemon thread of its own, whatever the task throws. */
final class Polling implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Polling.class);

    private final ScheduledExecutorService executor;

    Polling(String thread, Duration pause, Runnable task) {
        if (pause.isZero() || pause.isNegative() || pause.compareTo(Duration.ofDays(1)) > 0) {
            throw new IllegalArgumentException("poll must be more than zero and at most a day: " + pause);
        }
        executor = Executors.newSingleThreadScheduledExecutor(runnable -> {
            Thread made = new Thread(runnable, thread);
            made.setDaemon(true);
            return made;
        });
        var unused = executor.scheduleWithFixedDelay(
                () -> guarded(thread, task), pause.toNanos(), pause.toNanos(), TimeUnit.NANOSECONDS);
    }

    // An Error too, such as no memory for the moment: nobody would begin again.
    @SuppressWarnings("CatchThrowable")
    private static void guarded(String thread, Runnable task) {
        try {
            task.run();
        } catch (Throwable e) {
            LOG.warn("{} failed and will go on: {}", thread, e.getClass().getName());
        }
    }

    /** Returns when the task has ended, after a second at most; without an interrupt, which would look like a failure. */
    @Override
    public void close() {
        executor.shutdown();
        try {
            executor.awaitTermination(1, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
