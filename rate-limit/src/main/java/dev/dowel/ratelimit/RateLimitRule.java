package dev.dowel.ratelimit;

import java.time.Duration;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * A named limit on the calls of one client address.
 *
 * @param name what clients and logs see; 1 to 64 characters of {@code A-Z a-z 0-9 . _ -}
 * @param quota how many calls in which period
 */
public record RateLimitRule(String name, Quota quota) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    private static final String DEFAULT = "default";

    /**
     * Checks the name.
     *
     * @param name what clients and logs see
     * @param quota how many calls in which period
     * @throws IllegalArgumentException if the name has another form
     */
    public RateLimitRule {
        Objects.requireNonNull(quota, "quota");
        if (!NAME.matcher(Objects.requireNonNull(name, "name")).matches()) {
            throw new IllegalArgumentException("A rule's name has 1 to 64 characters of A-Z a-z 0-9 . _ -");
        }
    }

    /**
     * Limits each client address.
     *
     * @param calls 1 to 2,147,483,648
     * @param period 1 ms to 365 days
     * @return a rule named {@code default}
     * @throws IllegalArgumentException if a value is out of its range
     */
    public static RateLimitRule perIp(long calls, Duration period) {
        return new RateLimitRule(DEFAULT, new Quota(calls, period));
    }
}
