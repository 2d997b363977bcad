package dev.dowel.remotemodel;

import java.time.Duration;

/**
 * How often and how patiently a service is asked again. What may be asked again is not a matter of policy: GET, PUT and
 * DELETE after a lost connection, 408, 502, 503, 504, and 429 with a Retry-After that fits; POST and PATCH only with an
 * {@code Idempotency-Key}, or when nothing of them was sent. Pauses are random, up to 100 ms after the first attempt and
 * twice that after each further one, up to 1 s; all attempts share one call timeout. After a 401 with renewed credentials
 * the attempts are counted anew.
 *
 * @param attempts how often a call may be sent in all, 1 to 10
 * @param budget how many of a hundred calls may be retries, 0 to 100, so that an outage is not multiplied; a reserve of ten
 *     retries lets a service that is rarely called retry as well
 * @param maxRetryAfter the longest Retry-After that is waited for, not negative. A longer one is not shortened: the call
 *     fails at once and hands it on in {@link RemoteResponseException#retryAfter()}
 */
public record RetryPolicy(int attempts, int budget, Duration maxRetryAfter) {

    private static final RetryPolicy STANDARD = new RetryPolicy(3, 10, Duration.ofSeconds(2));

    /**
     * Checks the ranges.
     *
     * @param attempts how often a call may be sent in all
     * @param budget how many of a hundred calls may be retries
     * @param maxRetryAfter the longest Retry-After that is waited for
     * @throws IllegalArgumentException when one is out of range
     */
    public RetryPolicy {
        if (attempts < 1 || attempts > 10) {
            throw new IllegalArgumentException("attempts must be 1 to 10 but is " + attempts);
        }
        if (budget < 0 || budget > 100) {
            throw new IllegalArgumentException("budget must be 0 to 100 but is " + budget);
        }
        if (maxRetryAfter.isNegative()) {
            throw new IllegalArgumentException("maxRetryAfter must not be negative but is " + maxRetryAfter);
        }
    }

    /**
     * Returns 3 attempts, a budget of 10 %, and a Retry-After of up to 2 s.
     *
     * @return the usual policy
     */
    public static RetryPolicy standard() {
        return STANDARD;
    }

    /**
     * Returns a single attempt.
     *
     * @return the policy without retries
     */
    public static RetryPolicy none() {
        return STANDARD.withAttempts(1);
    }

    /**
     * Returns this policy with other attempts.
     *
     * @param number how often a call may be sent in all, 1 to 10
     * @return the policy
     */
    public RetryPolicy withAttempts(int number) {
        return new RetryPolicy(number, budget, maxRetryAfter);
    }

    /**
     * Returns this policy with another budget.
     *
     * @param percent how many of a hundred calls may be retries, 0 to 100
     * @return the policy
     */
    public RetryPolicy withBudget(int percent) {
        return new RetryPolicy(attempts, percent, maxRetryAfter);
    }

    /**
     * Returns this policy with another patience.
     *
     * @param longest the longest Retry-After that is waited for
     * @return the policy
     */
    public RetryPolicy withMaxRetryAfter(Duration longest) {
        return new RetryPolicy(attempts, budget, longest);
    }
}
