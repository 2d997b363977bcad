package dev.dowel.remotemodel;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Pieces of work that the calling thread does, with the help of an executor where there is one. It waits only for pieces
 * that somebody has begun, so an executor that is full, even of callers like this one, makes it slower but never stuck.
 */
final class SharedWork {

    static final int MAX_AT_ONCE = 8;

    private final Queue<Runnable> pieces;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ended = lock.newCondition();
    private int underWay;
    private @Nullable Throwable failure;

    SharedWork(Collection<? extends Runnable> pieces) {
        this.pieces = new ArrayDeque<>(pieces);
    }

    /** Does all pieces; a piece that throws stops the others. False when interrupted while others were still at theirs. */
    boolean run(@Nullable Executor executor, UnaryOperator<Runnable> bind) {
        int helpers = executor == null ? 0 : Math.min(pieces.size(), MAX_AT_ONCE) - 1;
        try {
            for (int i = 0; i < helpers && executor != null; i++) {
                executor.execute(bind.apply(this::work));
            }
        } catch (RejectedExecutionException full) {
            // The calling thread does it all then.
        }
        work();
        boolean all = awaitOthers();
        rethrow();
        return all;
    }

    /** Leaves the pieces undone that nobody has begun. */
    void stop() {
        lock.lock();
        try {
            pieces.clear();
        } finally {
            lock.unlock();
        }
    }

    private void work() {
        for (Runnable piece = begin(); piece != null; piece = begin()) {
            Throwable thrown = null;
            try {
                piece.run();
            } catch (RuntimeException | Error e) {
                thrown = e;
            } finally {
                end(thrown);
            }
        }
    }

    private @Nullable Runnable begin() {
        lock.lock();
        try {
            Runnable piece = pieces.poll();
            underWay += piece == null ? 0 : 1;
            return piece;
        } finally {
            lock.unlock();
        }
    }

    private void end(@Nullable Throwable thrown) {
        lock.lock();
        try {
            underWay--;
            if (thrown != null) {
                failure = failure == null ? thrown : failure;
                pieces.clear();
            }
            ended.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private boolean awaitOthers() {
        lock.lock();
        try {
            while (underWay > 0) {
                ended.await();
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    private void rethrow() {
        lock.lock();
        try {
            if (failure instanceof Error error) {
                throw error;
            }
            if (failure instanceof RuntimeException exception) {
                throw exception;
            }
        } finally {
            lock.unlock();
        }
    }
}
