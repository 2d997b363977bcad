package dev.dowel.messaging.internal;

import com.rabbitmq.client.Connection;
import dev.dowel.messaging.Subscription;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps as many consumers running as wanted. A thread of its own compares wanted with actual and reopens what is missing,
 * whyever it is: connection lost, channel closed by the broker, queue deleted, consumer cancelled. One
 * that gets nothing for a while is replaced together with its bindings: RabbitMQ 3.10 lets the consumers of a queue that
 * somebody deletes and declares again at once wait for ever, and counts them as if they were alive.
 */
final class RabbitSubscription implements Subscription, ChannelConsumer.Owner {
    private static final Logger LOG = LoggerFactory.getLogger(Subscription.class);
    private static final long CHECK_MILLIS = 1_000;
    /** Consumers that are gone again sooner count as a failed attempt, else that would repeat without a pause. */
    private static final long SHORT_LIVED = TimeUnit.SECONDS.toNanos(5);
    /** Long, because each refusal makes a line in the broker's log. */
    private static final long APPLY_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final SubscriptionPlan plan;
    private final Topology topology;
    private final Declarer declarer;
    private final Supplier<Optional<Connection>> connection;
    private final Executor executor;
    private final BackOff backOff;
    private final Runnable onStop;
    private final List<Worker> workers = new ArrayList<>();
    private final Semaphore wakeUp = new Semaphore(0);
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final Thread thread;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Object opened = new Object();
    private @Nullable CompletableFuture<Void> cancelled;
    private @Nullable Closing closing;
    /** For the supervising thread only: when it last tried to open what was missing, and how often in a row in vain. */
    private long applied = System.nanoTime() - SHORT_LIVED;

    private int failures;
    private volatile boolean missed;
    private volatile String lastError = "";

    RabbitSubscription(
            SubscriptionPlan plan,
            Declarer declarer,
            MessageProcessor processor,
            Supplier<Optional<Connection>> connection,
            Executor executor,
            BackOff backOff,
            Runnable onStop) {
        this.plan = plan;
        this.topology = Topology.of(plan);
        this.declarer = declarer;
        this.connection = connection;
        this.executor = executor;
        this.backOff = backOff;
        this.onStop = onStop;
        for (int i = 0; i < plan.concurrency(); i++) {
            workers.add(new Worker(plan, processor, this, executor));
        }
        this.thread = new Thread(this::supervise, "dowel-messaging " + plan.queue());
        this.thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Looks at once whether something is missing. */
    @Override
    public void check() {
        wakeUp.release();
    }

    /** Has the topology applied at once when a queue is missed for the first time; what cannot be had must wait its turn. */
    @Override
    public void missed(String missedQueue) {
        if (declarer.missed(missedQueue)) {
            missed = true;
            check();
        }
    }

    /** The broker has cancelled a consumer, perhaps one of these. */
    void cancelledByBroker(String tag) {
        workers.forEach(worker -> worker.cancelledByBroker(tag));
    }

    @Override
    public String queue() {
        return plan.queue();
    }

    @Override
    public boolean active() {
        return !stopping() && activeConsumers() == plan.concurrency();
    }

    SubscriptionPlan plan() {
        return plan;
    }

    Topology topology() {
        return topology;
    }

    int activeConsumers() {
        return (int) workers.stream().filter(Worker::active).count();
    }

    int wantedConsumers() {
        return stopping() ? 0 : plan.concurrency();
    }

    @Override
    public boolean stopping() {
        return stopping.getCount() == 0;
    }

    @Override
    public boolean awaitStopping(Duration time) throws InterruptedException {
        return stopping.await(time.toNanos(), TimeUnit.NANOSECONDS);
    }

    String lastError() {
        return lastError;
    }

    @Override
    public boolean awaitActive(Duration timeout) {
        long end = System.nanoTime() + timeout.toNanos();
        synchronized (opened) {
            while (!active()) {
                long left = end - System.nanoTime();
                if (left <= 0 || stopping()) {
                    return false;
                }
                try {
                    TimeUnit.NANOSECONDS.timedWait(opened, left);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return false;
                }
            }
        }
        return true;
    }

    private void tellWaiting() {
        synchronized (opened) {
            opened.notifyAll();
        }
    }

    private void supervise() {
        try {
            while (!stopping()) {
                boolean well = look();
                if (well && wakeUp.tryAcquire(CHECK_MILLIS, TimeUnit.MILLISECONDS)) {
                    wakeUp.drainPermits();
                }
            }
        } catch (InterruptedException e) {
            // Nobody interrupts this thread but the JVM's end.
            Thread.currentThread().interrupt();
        } finally {
            ended.complete(null);
        }
    }

    /** Returns whether there is nothing to do until something happens. */
    private boolean look() throws InterruptedException {
        try {
            workers.forEach(Worker::checkHandling);
            boolean something =
                    !active() || problemsAreDue() || workers.stream().anyMatch(Worker::idle);
            Optional<Connection> open = something ? connection.get() : Optional.empty();
            if (open.isPresent() && !stopsWhilePausing() && open.get().isOpen()) {
                reopen(open.get());
                lastError = "";
            }
            return true;
        } catch (InterruptedException e) {
            throw e;
        } catch (Throwable e) { // NOPMD: whatever it is, a thread that ends here would never consume again
            failed(e);
            return false;
        } finally {
            tellWaiting();
        }
    }

    /** Waits if the last attempt failed or did not last. */
    private boolean stopsWhilePausing() throws InterruptedException {
        boolean lasted = active() && lastError.isEmpty();
        failures = !lasted && System.nanoTime() - applied < SHORT_LIVED ? failures + 1 : 0;
        return failures > 0 && stopping.await(backOff.millis(failures), TimeUnit.MILLISECONDS);
    }

    private boolean problemsAreDue() {
        return missed || (declarer.hasProblems(topology) && System.nanoTime() - applied > APPLY_AGAIN_NANOS);
    }

    private void reopen(Connection open) throws IOException {
        missed = false;
        try {
            declarer.apply(open, topology);
            for (Worker worker : workers) {
                if (!stopping() && !worker.active()) {
                    worker.open(open);
                } else if (!stopping() && worker.idle()) {
                    worker.renew(open);
                }
            }
        } finally {
            applied = System.nanoTime();
        }
    }

    private void failed(Throwable e) {
        Throwable root = e.getCause() == null ? e : e.getCause();
        String error = "Cannot consume " + plan.queue() + ": " + ConnectFailure.describe(root);
        if (!error.equals(lastError)) {
            LOG.warn("{}; retrying in the background", error);
        }
        lastError = error;
    }

    /**
     * Begins to stop: nothing more is handled, nobody consumes any longer. On the executor, since cancelling waits for the
     * broker's answer. Completes when there is no consumer and none can come.
     */
    synchronized CompletableFuture<Void> cancel() {
        if (cancelled == null) {
            stopping.countDown();
            check();
            tellWaiting();
            List<CompletableFuture<?>> all = new ArrayList<>();
            all.add(ended);
            workers.forEach(worker -> all.add(CompletableFuture.runAsync(worker::cancel, executor)));
            cancelled = CompletableFuture.allOf(all.toArray(CompletableFuture<?>[]::new));
        }
        return cancelled;
    }

    /** Tells whether the calling thread is that of one of its handlers. */
    boolean handlingHere() {
        return workers.stream().anyMatch(Worker::handlingHere);
    }

    @Override
    public void stop(Duration deadline) {
        long end = System.nanoTime() + deadline.toNanos();
        Closing closing = close(end);
        if (handlingHere()) {
            return;
        }
        try {
            closing.done().get(Math.max(1, end - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            LOG.debug("{}: not all was finished at the deadline", plan.queue());
        } catch (TimeoutException e) {
            if (end - closing.end() >= 0) {
                // Here too, for the timer's thread may be busy, or may be this one.
                closing.giveUp();
            } else {
                LOG.debug("{}: still stopping at this caller's deadline", plan.queue());
            }
        }
    }

    private synchronized Closing close(long end) {
        if (closing == null) {
            CompletableFuture<Void> nobodyConsumes = cancel();
            // Only then: what a closed channel gives back must not come to another consumer, and count once more.
            CompletableFuture<Void> all = CompletableFuture.allOf(workers.stream()
                            .map(worker -> nobodyConsumes
                                    .thenCompose(none -> worker.drained(end))
                                    .thenRunAsync(worker::close, executor))
                            .toArray(CompletableFuture<?>[]::new))
                    .orTimeout(Math.max(1, end - System.nanoTime()), TimeUnit.NANOSECONDS);
            CompletableFuture<Void> done = all.whenComplete((none, e) -> {
                if (e != null) {
                    warn(nobodyConsumes.isDone());
                }
                onStop.run();
            });
            closing = new Closing(all, done, end);
        }
        return closing;
    }

    /** Done when all is closed, or the end, by {@link System#nanoTime}, has come, and the queue is free for another. */
    private record Closing(CompletableFuture<Void> all, CompletableFuture<Void> done, long end) {
        void giveUp() {
            boolean here = all.completeExceptionally(new TimeoutException());
            try {
                if (!here) {
                    // Another thread is about to be done.
                    done.get(1, TimeUnit.SECONDS);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (ExecutionException | TimeoutException e) {
                LOG.debug("A subscription was not stopped in time", e);
            }
        }
    }

    private void warn(boolean nobodyConsumes) {
        LOG.warn(
                "{}: {} at the deadline; what is not finished comes again",
                plan.queue(),
                nobodyConsumes ? "a handler is still running" : "a consumer is still being opened or closed");
    }
}
