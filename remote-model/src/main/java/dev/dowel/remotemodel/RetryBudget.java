package dev.dowel.remotemodel;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Keeps the retries of one service to a share of its calls, so that an outage is not multiplied. Each call pays in its
 * share, each retry takes out one; a reserve lets quiet services retry at all.
 */
final class RetryBudget {

    private static final int RESERVE = 10;
    private static final int ONE_RETRY = 100;

    private final int share;
    private final AtomicLong balance = new AtomicLong((long) RESERVE * ONE_RETRY);

    /** {@code percent} of the calls may be retries. */
    RetryBudget(int percent) {
        this.share = percent;
    }

    void called() {
        balance.updateAndGet(now -> Math.min((long) RESERVE * ONE_RETRY, now + share));
    }

    /** Takes one retry out; false when there is none left. */
    boolean retry() {
        return balance.getAndUpdate(now -> now >= ONE_RETRY ? now - ONE_RETRY : now) >= ONE_RETRY;
    }
}
