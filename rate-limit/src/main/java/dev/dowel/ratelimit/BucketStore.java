package dev.dowel.ratelimit;

/** Counts calls. Implementations are safe for use by several threads. */
public interface BucketStore extends AutoCloseable {
    /**
     * Counts one call if it is allowed; a call that is not allowed costs nothing.
     *
     * @param rule the limit
     * @param client whose call it is
     * @return whether it is allowed, and when the next one would be
     */
    Decision tryConsume(RateLimitRule rule, ClientKey client);

    /** Frees what the store holds. May be called twice. */
    @Override
    void close();
}
