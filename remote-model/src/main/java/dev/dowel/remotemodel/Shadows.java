package dev.dowel.remotemodel;

import dev.dowel.remotemodel.MigrationListener.NotCompared;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads the side that did not serve, beside the request, and compares. Bounded in threads, in what waits and in time;
 * nothing that goes wrong here reaches a caller.
 */
final class Shadows implements AutoCloseable {

    /** Threads and timer, replaceable so that tests take no time. */
    interface Engine extends AutoCloseable, Executor {

        /** Runs the task later, unless the returned one is run before. */
        Runnable later(Duration delay, Runnable task);

        @Override
        void close();
    }

    private final String entity;
    private final Comparison comparison;
    private final MigrationListener listener;
    private final Duration deadline;
    private final Duration recheckAfter;
    private final Engine engine;
    private final Semaphore slots;

    Shadows(
            String entity,
            Comparison comparison,
            MigrationListener listener,
            Duration deadline,
            Duration recheckAfter,
            int slots,
            Engine engine) {
        this.entity = entity;
        this.comparison = comparison;
        this.listener = listener;
        this.deadline = deadline;
        this.recheckAfter = recheckAfter;
        this.slots = new Semaphore(slots);
        this.engine = engine;
    }

    /**
     * Compares what was served with what the other side says. {@code served} gives the answer, on the shadow's thread; what
     * has to be taken at once, for the caller may change what it got, {@code taken} takes on the caller's.
     */
    void compare(
            String operation,
            Supplier<Supplier<Comparison.Seen>> taken,
            Supplier<Comparison.Seen> servedAgain,
            Supplier<Comparison.Seen> other) {
        if (!slots.tryAcquire()) {
            listener.notCompared(entity, operation, NotCompared.BUSY);
            return;
        }
        Slot slot = new Slot();
        try {
            RequestContext beside = RequestContext.current()
                    .orElseGet(() -> RequestContext.of(java.util.Map.of(), HeaderPolicy.none()))
                    .beside(deadline);
            start(new Shadow(operation, beside, taken.get(), other, servedAgain, slot, false));
        } catch (Throwable unreadable) {
            if (slot.free()) {
                listener.notCompared(entity, operation, NotCompared.UNREADABLE);
            }
        }
    }

    private void start(Shadow shadow) {
        try {
            shadow.stopTimer = engine.later(deadline, shadow::expire);
            engine.execute(shadow.context.wrap((Runnable) shadow));
        } catch (Throwable closedOrNoThread) {
            if (shadow.giveUp()) {
                listener.notCompared(entity, shadow.operation, NotCompared.BUSY);
            }
        }
    }

    @Override
    public void close() {
        engine.close();
    }

    /** A place, given back once. A task that could not be started may be left in a queue and run in the end. */
    private final class Slot {

        private final AtomicBoolean held = new AtomicBoolean(true);

        boolean isHeld() {
            return held.get();
        }

        boolean free() {
            boolean first = held.compareAndSet(true, false);
            if (first) {
                slots.release();
            }
            return first;
        }
    }

    /** One comparison; its slot is free again when nothing of it runs any more. */
    private final class Shadow implements Runnable {

        private final String operation;
        private final RequestContext context;
        private final Supplier<Comparison.Seen> served;
        private final Supplier<Comparison.Seen> other;
        private final Supplier<Comparison.Seen> servedAgain;
        private final Slot slot;
        private final boolean again;
        private volatile Runnable stopTimer = () -> {};
        private @Nullable Thread runner;
        private boolean late;
        private boolean ended;

        Shadow(
                String operation,
                RequestContext context,
                Supplier<Comparison.Seen> served,
                Supplier<Comparison.Seen> other,
                Supplier<Comparison.Seen> servedAgain,
                Slot slot,
                boolean again) {
            this.operation = operation;
            this.context = context;
            this.served = served;
            this.other = other;
            this.servedAgain = servedAgain;
            this.slot = slot;
            this.again = again;
        }

        @Override
        public void run() {
            if (!begin()) {
                slot.free();
                return;
            }
            Optional<List<String>> paths = Optional.empty();
            NotCompared reason = NotCompared.FAILED;
            try {
                Comparison.Seen theirs = other.get();
                Comparison.Seen ours = served.get();
                reason = NotCompared.UNREADABLE;
                paths = Optional.of(comparison.differences(ours, theirs));
            } catch (Throwable e) {
                if (e instanceof java.io.UncheckedIOException) {
                    reason = NotCompared.UNREADABLE;
                }
            }
            boolean inTime = end();
            stopTimer.run();
            if (!inTime || !report(paths, reason)) {
                slot.free();
            }
        }

        /** Returns true when the comparison goes on and keeps its slot. */
        private boolean report(Optional<List<String>> paths, NotCompared reason) {
            if (paths.isEmpty()) {
                listener.notCompared(entity, operation, reason);
            } else if (paths.get().isEmpty()) {
                listener.agreed(entity, operation);
            } else if (again) {
                listener.differed(entity, operation, paths.get());
            } else {
                return recheck();
            }
            return false;
        }

        /** A write may have landed between the two reads, so both are made once more. */
        private boolean recheck() {
            try {
                engine.later(recheckAfter, this::startAgain);
                return true;
            } catch (Throwable closedOrNoThread) {
                listener.notCompared(entity, operation, NotCompared.BUSY);
                return false;
            }
        }

        private void startAgain() {
            if (slot.isHeld()) {
                start(new Shadow(operation, context.beside(deadline), servedAgain, other, servedAgain, slot, true));
            }
        }

        /** Not started and never will be; returns false when its deadline has accounted for it. */
        private synchronized boolean giveUp() {
            stopTimer.run();
            boolean accounted = late;
            late = true;
            ended = true;
            return slot.free() && !accounted;
        }

        private synchronized boolean begin() {
            runner = Thread.currentThread();
            return !late;
        }

        private synchronized boolean end() {
            ended = true;
            if (late) {
                // The interrupt was meant for what has just ended.
                Thread.interrupted();
            }
            return !late;
        }

        private void expire() {
            synchronized (this) {
                if (ended) {
                    return;
                }
                late = true;
                if (runner != null) {
                    runner.interrupt();
                }
            }
            listener.notCompared(entity, operation, NotCompared.LATE);
        }
    }

    /** Daemon threads that end when there is nothing to do. */
    static final class Threads implements Engine {

        private final ThreadPoolExecutor workers;
        private final ScheduledThreadPoolExecutor timer;

        Threads(String name, int threads) {
            ThreadFactory factory = task -> {
                // What the first caller's thread holds is not for the shadows of all others.
                Thread thread = new Thread(null, task, "dowel-shadow-" + name, 0, false);
                thread.setDaemon(true);
                return thread;
            };
            // What waits is bounded by the slots.
            workers = new ThreadPoolExecutor(
                    threads, threads, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), factory);
            workers.allowCoreThreadTimeOut(true);
            timer = new ScheduledThreadPoolExecutor(1, factory);
            timer.setRemoveOnCancelPolicy(true);
            timer.setKeepAliveTime(10, TimeUnit.SECONDS);
            timer.allowCoreThreadTimeOut(true);
        }

        @Override
        public void execute(Runnable task) {
            workers.execute(task);
        }

        @Override
        public Runnable later(Duration delay, Runnable task) {
            ScheduledFuture<?> future = timer.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
            return () -> future.cancel(false);
        }

        @Override
        public void close() {
            timer.shutdownNow();
            workers.shutdownNow();
        }
    }
}
