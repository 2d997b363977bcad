package dev.dowel.ratelimit;

/**
 * What a store says about one call.
 *
 * @param allowed whether the call may pass
 * @param remaining how many calls may come at once after this one; 0 if it may not pass
 * @param nanosToRetry in how many nanoseconds the call would be allowed; 0 if it is allowed now
 * @param nanosToReset in how many nanoseconds the full quota is there again
 * @param quota which of the rule's quotas decided, the first being 0: the one that refuses, or has the least left
 */
public record Decision(boolean allowed, long remaining, long nanosToRetry, long nanosToReset, int quota) {
    static Decision allowed(long remaining, long nanosToReset, int quota) {
        return new Decision(true, remaining, 0, nanosToReset, quota);
    }

    static Decision refused(long nanosToRetry, long nanosToReset, int quota) {
        return new Decision(false, 0, nanosToRetry, nanosToReset, quota);
    }
}
