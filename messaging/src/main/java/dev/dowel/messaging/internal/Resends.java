package dev.dowel.messaging.internal;

import dev.dowel.messaging.PublishException;
import dev.dowel.messaging.Publisher;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends again what has an unknown outcome, with the same message id: one after the other, in the order in which they
 * failed, on one thread of the executor's. Once an outcome was unknown no later answer but a confirm makes it known: the
 * broker may have what it was sent first.
 */
final class Resends {
    private static final Logger LOG = LoggerFactory.getLogger(Publisher.class);

    private final Lane lane;
    private final PublishGate gate;
    private final int most;
    private final long timeoutNanos;
    private final Executor executor;
    private final Queue<Attempt> due = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean running = new AtomicBoolean();

    Resends(Lane lane, PublishGate gate, int most, long timeoutNanos, Executor executor) {
        this.lane = lane;
        this.gate = gate;
        this.most = most;
        this.timeoutNanos = timeoutNanos;
        this.executor = executor;
    }

    private record Attempt(
            Publication one, int left, PublishException unknown, long deadline, CompletableFuture<Void> covered) {}

    /** Returns the outcome of a publication and of the attempts that follow it. */
    CompletableFuture<Void> cover(Publication first) {
        if (most == 0) {
            return first.outcome();
        }
        CompletableFuture<Void> covered = new CompletableFuture<>();
        watch(first, most, null, covered);
        return covered;
    }

    private void watch(Publication one, int left, @Nullable PublishException unknown, CompletableFuture<Void> covered) {
        CompletableFuture<Void> unused = one.outcome().whenComplete((done, e) -> {
            if (e == null) {
                covered.complete(null);
            } else if (!(e instanceof PublishException failure)) {
                covered.completeExceptionally(e);
            } else if (unknown == null && !failure.kind().outcomeUnknown()) {
                covered.completeExceptionally(failure);
            } else {
                failed(one, left, unknown, failure, covered);
            }
        });
    }

    private void failed(
            Publication one,
            int left,
            @Nullable PublishException before,
            PublishException failure,
            CompletableFuture<Void> covered) {
        PublishException unknown = before == null ? failure : before;
        if (unknown != failure) {
            unknown.addSuppressed(failure);
        }
        if (left == 0 || answered(failure)) {
            covered.completeExceptionally(unknown);
            return;
        }
        due.add(new Attempt(one.again(), left - 1, unknown, System.nanoTime() + timeoutNanos, covered));
        if (running.compareAndSet(false, true)) {
            try {
                executor.execute(this::resend);
            } catch (RejectedExecutionException closed) {
                resend();
            }
        }
    }

    /** Tells whether sending once more would not help: the broker or the client has said no. */
    private static boolean answered(PublishException failure) {
        return switch (failure.kind()) {
            case CONNECTION_LOST, TIMEOUT, NOT_CONNECTED, BLOCKED -> false;
            case NACKED, UNROUTABLE, NO_EXCHANGE, TOO_LARGE, REFUSED -> true;
        };
    }

    private void resend() {
        do {
            for (Attempt next = due.poll(); next != null; next = due.poll()) {
                resend(next);
            }
            running.set(false);
        } while (!due.isEmpty() && running.compareAndSet(false, true));
    }

    private void resend(Attempt attempt) {
        try {
            // Whatever the answer is: without a connection publishing says so.
            boolean there = gate.awaitConnected(attempt.deadline());
            LOG.debug("Sending again what has an unknown outcome; connected: {}", there);
            CompletableFuture<Void> unused = lane.publish(attempt.one(), attempt.deadline());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            attempt.covered().completeExceptionally(attempt.unknown());
            return;
        }
        watch(attempt.one(), attempt.left(), attempt.unknown(), attempt.covered());
    }
}
