package dev.dowel.ratelimit;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** A shared store that counts what it is asked, and fails when a test wants it to. */
final class FaultyStore implements BucketStore {
    final AtomicLong asked = new AtomicLong();
    private final LocalBucketStore store;
    private Throwable failure;
    private Runnable whileAsked = () -> {};

    FaultyStore(LongSupplier nanos) {
        this.store = new LocalBucketStore(100, nanos);
    }

    /** With null it works again. */
    void failWith(Throwable newFailure) {
        this.failure = newFailure;
    }

    /** Runs each time that it is asked, before it answers. */
    void whileAsked(Runnable action) {
        this.whileAsked = action;
    }

    private BucketStore working() {
        asked.incrementAndGet();
        whileAsked.run();
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure != null) {
            throw new BucketStoreException("on purpose", failure);
        }
        return store;
    }

    @Override
    public Decision tryConsume(RateLimitRule rule, RateLimitKey key, long cost) {
        return working().tryConsume(rule, key, cost);
    }

    @Override
    public Decision look(RateLimitRule rule, RateLimitKey key, long cost) {
        return working().look(rule, key, cost);
    }

    @Override
    public void charge(RateLimitRule rule, RateLimitKey key, long cost) {
        working().charge(rule, key, cost);
    }

    @Override
    public void giveBack(RateLimitRule rule, RateLimitKey key, long cost) {
        working().giveBack(rule, key, cost);
    }

    @Override
    public void close() {}
}
