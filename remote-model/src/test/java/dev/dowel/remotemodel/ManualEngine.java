package dev.dowel.remotemodel;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;

/** Shadow reads run when the test says so, on its thread. */
final class ManualEngine implements Shadows.Engine {

    final Deque<Runnable> tasks = new ArrayDeque<>();
    final List<Timer> timers = new ArrayList<>();
    private boolean closed;
    private int timersLeft = Integer.MAX_VALUE;
    private boolean threadless;

    record Timer(Duration delay, Runnable task) {}

    @Override
    public void execute(Runnable task) {
        requireOpen();
        if (threadless) {
            throw new OutOfMemoryError("unable to create native thread");
        }
        tasks.add(task);
    }

    @Override
    public Runnable later(Duration delay, Runnable task) {
        requireOpen();
        Timer timer = new Timer(delay, task);
        timers.add(timer);
        if (timersLeft-- <= 0) {
            // As the real one: what waits is in the queue already when there is no thread for it.
            throw new OutOfMemoryError("unable to create native thread");
        }
        return () -> timers.remove(timer);
    }

    /** From now on, or after so many timers, no thread can be started. */
    void exhaust(int afterTimers) {
        timersLeft = afterTimers;
        threadless = true;
    }

    void recover() {
        timersLeft = Integer.MAX_VALUE;
        threadless = false;
    }

    private void requireOpen() {
        if (closed) {
            throw new RejectedExecutionException("closed");
        }
    }

    /** Runs what waits for a thread. */
    void work() {
        while (!tasks.isEmpty()) {
            tasks.remove().run();
        }
    }

    /** Lets the time pass that is waited for. */
    void pass(Duration delay) {
        for (Timer timer : List.copyOf(timers)) {
            if (timer.delay().equals(delay) && timers.remove(timer)) {
                timer.task().run();
            }
        }
    }

    @Override
    public void close() {
        closed = true;
    }
}
