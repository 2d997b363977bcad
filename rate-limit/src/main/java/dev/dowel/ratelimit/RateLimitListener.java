package dev.dowel.ratelimit;

/**
 * Told what the filter and the stores do, on the thread of the request; must return quickly and not throw. Hears of rules,
 * never of addresses, keys or paths, so that nothing of high cardinality or personal gets into metrics. Called by several
 * threads at once.
 */
public interface RateLimitListener {
    /** What became of a call. */
    enum Outcome {
        /** It passed. */
        ALLOWED,
        /** It got 429. */
        REFUSED,
        /** It passed, but would have got 429 if this were no dry run. */
        WOULD_REFUSE,
        /** It got 503, as the store could not tell. */
        UNAVAILABLE
    }

    /** Whether a shared store is in use. */
    enum StoreState {
        /** It counts. */
        SHARED,
        /** It is not asked, but for a call now and then that finds out whether it is back. */
        AWAY
    }

    /**
     * A call was decided on.
     *
     * @param rule each rule that counted it, or the one that refused it
     * @param outcome what became of it
     */
    default void decided(RateLimitRule rule, Outcome outcome) {}

    /**
     * A shared store went away or came back.
     *
     * @param state what it is now
     */
    default void storeChanged(StoreState state) {}

    /** A trusted proxy sent the forwarding header that is not the configured one; it was ignored. */
    default void ignoredForwardingHeader() {}
}
