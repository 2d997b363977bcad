package dev.dowel.ratelimit;

import java.time.Duration;
import java.util.Objects;

/**
 * A number of calls in a period. The calls come back one by one, evenly over the period, and up to {@code calls} may come
 * at once; so in an unlucky window of one period up to twice the number can pass.
 *
 * @param calls 1 to 2,147,483,648
 * @param period 1 ms to 365 days
 */
public record Quota(long calls, Duration period) {
    private static final long MAX_CALLS = 1L << 31;
    private static final Duration MIN_PERIOD = Duration.ofMillis(1);
    private static final Duration MAX_PERIOD = Duration.ofDays(365);

    /**
     * Checks the ranges.
     *
     * @param calls 1 to 2,147,483,648
     * @param period 1 ms to 365 days
     * @throws IllegalArgumentException if a value is out of its range, or more than one call a nanosecond is asked for
     */
    public Quota {
        Objects.requireNonNull(period, "period");
        if (calls < 1 || calls > MAX_CALLS) {
            throw new IllegalArgumentException("calls is 1 to " + MAX_CALLS + ", not " + calls);
        }
        if (period.compareTo(MIN_PERIOD) < 0 || period.compareTo(MAX_PERIOD) > 0) {
            throw new IllegalArgumentException("period is 1 ms to 365 days, not " + period);
        }
        if (calls > period.toNanos()) {
            throw new IllegalArgumentException(
                    "At most one call a nanosecond can be counted, not " + calls + " in " + period);
        }
    }

    /**
     * Reads a quota such as {@code 100/PT1M}.
     *
     * @param text the number of calls, a slash, and the period as in ISO 8601
     * @return the quota
     * @throws IllegalArgumentException if the text has another form or a value is out of its range
     */
    public static Quota parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException("a quota is calls/period, such as 100/PT1M");
        }
        try {
            return new Quota(
                    Long.parseLong(text.substring(0, slash).trim()),
                    Duration.parse(text.substring(slash + 1).trim()));
        } catch (NumberFormatException | java.time.format.DateTimeParseException e) {
            throw new IllegalArgumentException("a quota is calls/period, such as 100/PT1M", e);
        }
    }
}
