package dev.dowel.messaging.internal;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * Completes the stages that users have, on a few threads. As a callback may wait for the callback of another publication,
 * more threads are started while all stand still, up to one for each place.
 */
final class Callbacks implements AutoCloseable {
    private static final int FEW = 4;
    /** How many may run at the end, when nobody looks any more whether they stand still. */
    private static final int MOST_AT_THE_END = 200;

    private final Semaphore free;
    private final ThreadPoolExecutor pool;
    /** For the thread that looks after it only. */
    private long completedBefore;

    /** At most so many stages are handed out and not completed, their callbacks included. */
    Callbacks(int places, ThreadFactory threads) {
        this.free = new Semaphore(places);
        // After close() what is left runs where it arises, so that no future stays open.
        this.pool = new ThreadPoolExecutor(
                FEW,
                Math.max(FEW, places),
                1,
                TimeUnit.MINUTES,
                new LinkedBlockingQueue<>(),
                threads,
                (task, closed) -> task.run());
        this.pool.allowCoreThreadTimeOut(true);
    }

    /** Takes a place for a stage that is to be handed out; waits for one until the deadline. */
    boolean tryReserve(long deadline) throws InterruptedException {
        return free.tryAcquire() || free.tryAcquire(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
    }

    /** Gives a place back for which no stage is handed out. */
    void release() {
        free.release();
    }

    /** Hands out a stage for which there is a place. */
    <R> CompletionStage<R> handOut(CompletableFuture<R> sent, Function<Throwable, ? extends Throwable> failure) {
        CompletableFuture<R> handedOut = new CompletableFuture<>();
        BiConsumer<R, Throwable> complete = (done, e) -> {
            try {
                if (e == null) {
                    handedOut.complete(done);
                } else {
                    handedOut.completeExceptionally(failure.apply(e));
                }
            } finally {
                free.release();
            }
        };
        CompletableFuture<R> unused =
                sent.isDone() ? sent.whenComplete(complete) : sent.whenCompleteAsync(complete, pool);
        return handedOut;
    }

    /** To be called now and then: starts more threads if callbacks wait and none has ended since the last call. */
    void check() {
        long completed = pool.getCompletedTaskCount();
        int waiting = pool.getQueue().size();
        if (waiting > 0 && completed == completedBefore) {
            startThreads(Math.min(waiting, Math.max(FEW, pool.getPoolSize())));
        }
        completedBefore = completed;
    }

    /** The pool starts threads for what waits when its core grows; back in its old size it starts no more. */
    private void startThreads(int more) {
        pool.setCorePoolSize(Math.min(pool.getMaximumPoolSize(), pool.getPoolSize() + more));
        pool.setCorePoolSize(FEW);
    }

    @Override
    public void close() {
        try {
            startThreads(Math.max(0, MOST_AT_THE_END - pool.getPoolSize()));
        } finally {
            pool.shutdown();
        }
    }
}
