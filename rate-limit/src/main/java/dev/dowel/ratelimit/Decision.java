package dev.dowel.ratelimit;

/**
 * What a store says about one call.
 *
 * @param allowed whether the call may pass
 * @param remaining how many calls may come at once after this one
 * @param nanosToRetry in how many nanoseconds a call would be allowed again; 0 if it is allowed now
 * @param nanosToReset in how many nanoseconds the full quota is there again
 */
public record Decision(boolean allowed, long remaining, long nanosToRetry, long nanosToReset) {}
