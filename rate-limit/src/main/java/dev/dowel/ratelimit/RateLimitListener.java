package dev.dowel.ratelimit;

/**
 * Told what the filter decides, on the request's thread; must return quickly and not throw. Hears of rules, never of
 * addresses or paths, so that nothing of high cardinality or personal gets into metrics.
 */
public interface RateLimitListener {
    /**
     * A call passed.
     *
     * @param rule the rule that counted it
     */
    default void onAllowed(RateLimitRule rule) {}

    /**
     * A call was refused.
     *
     * @param rule the rule that refused it
     */
    default void onRefused(RateLimitRule rule) {}
}
