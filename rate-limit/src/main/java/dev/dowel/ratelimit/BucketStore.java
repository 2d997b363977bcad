package dev.dowel.ratelimit;

/**
 * Counts calls. Implementations are safe for use by several threads, and hold a caller for a bounded time. What they count
 * they forget by themselves when it no longer matters.
 */
public interface BucketStore extends AutoCloseable {
    /**
     * Counts a call if every quota of the rule allows it; a call that is not allowed costs nothing.
     *
     * @param rule the limit
     * @param key whose call it is
     * @param cost what the call costs, at least 1. A call that costs more than a quota's burst costs the whole burst
     * @return whether it is allowed, and when it would be
     * @throws BucketStoreException if the store cannot tell
     */
    Decision tryConsume(RateLimitRule rule, RateLimitKey key, long cost);

    /**
     * Tells whether a call would be allowed, and counts nothing.
     *
     * @param rule the limit
     * @param key whose call it is
     * @param cost what the call would cost, at least 1
     * @return whether it would be allowed, and when; what remains is told without the call
     * @throws BucketStoreException if the store cannot tell
     */
    Decision look(RateLimitRule rule, RateLimitKey key, long cost);

    /**
     * Counts a call that took place already, whether the quotas allow it or not. Of a quota that has less left, all is used;
     * a store may let the key owe the rest.
     *
     * @param rule the limit
     * @param key whose call it was
     * @param cost what it cost, at least 1
     * @throws BucketStoreException if the store cannot be reached
     */
    void charge(RateLimitRule rule, RateLimitKey key, long cost);

    /**
     * Undoes what an allowed call cost.
     *
     * @param rule the limit
     * @param key whose call it was
     * @param cost what it cost, at least 1
     * @throws BucketStoreException if the store cannot be reached
     */
    void giveBack(RateLimitRule rule, RateLimitKey key, long cost);

    /** Frees what the store holds. May be called twice. */
    @Override
    void close();
}
