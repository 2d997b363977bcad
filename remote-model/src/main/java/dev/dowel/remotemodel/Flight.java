package dev.dowel.remotemodel;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A read under way, and those who wait for it. */
final class Flight {

    private final Thread owner = Thread.currentThread();
    private final Duration limit;
    private final CountDownLatch landed = new CountDownLatch(1);
    private volatile @Nullable Reply reply;
    private volatile @Nullable RemoteModelException failure;

    /** {@code limit} is how long the owner's call may take. */
    Flight(Duration limit) {
        this.limit = limit;
    }

    /** A thread that asks for what it is loading (an interceptor, a token supplier) must not wait for itself. */
    boolean isMine() {
        return owner == Thread.currentThread();
    }

    /** Ends the flight; with neither reply nor failure it is abandoned. */
    void land(@Nullable Reply reply, @Nullable RemoteModelException failure) {
        this.reply = reply;
        this.failure = failure;
        landed.countDown();
    }

    /** Whether its owner has less time for it than another call has, and may so fail for that reason alone. */
    boolean isShorterThan(Duration other) {
        return limit.compareTo(other) < 0;
    }

    /** Waits for the owner without disturbing it; null when the owner gave up and somebody else should load. */
    @Nullable
    Reply await(long nanos) {
        try {
            if (!landed.await(nanos, TimeUnit.NANOSECONDS)) {
                throw new RemoteTimeoutException(
                        "the same read on another thread of this request did not finish within the call timeout",
                        RemoteCallException.Outcome.NOT_SENT,
                        null);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RemoteCallException(
                    "interrupted while waiting for the same read on another thread of this request",
                    RemoteCallException.Outcome.NOT_SENT,
                    e);
        }
        RemoteModelException failed = failure;
        if (failed != null) {
            throw failed.copy();
        }
        return reply;
    }
}
