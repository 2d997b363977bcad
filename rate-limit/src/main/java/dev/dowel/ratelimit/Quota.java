package dev.dowel.ratelimit;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Objects;

/**
 * A number of calls in a period. The calls come back one by one, evenly over the period, and up to {@code burst} may come
 * at once. With the burst at {@code calls}, where it is unless set, an unlucky window of one period lets up to twice the
 * number pass. A strict quota never lets more than {@code calls} pass in any period: half of them may come at once, and the
 * others come back over the period. The time between two calls is rounded up to whole nanoseconds.
 *
 * @param calls 1 to 2,147,483,648
 * @param period 1 ms to 365 days
 * @param burst how many calls may come at once, 1 to 2,147,483,648; if strict at most {@code calls}
 * @param strict whether the number holds for every window of the period's length
 */
public record Quota(long calls, Duration period, long burst, boolean strict) {
    private static final long MAX_CALLS = 1L << 31;
    private static final long MAX_TO_FILL = Duration.ofDays(3_650).toNanos();
    private static final Duration MIN_PERIOD = Duration.ofMillis(1);
    private static final Duration MAX_PERIOD = Duration.ofDays(365);
    private static final String FORM = "a quota is calls/period, such as 100/PT1M";

    /**
     * Checks the ranges.
     *
     * @param calls 1 to 2,147,483,648
     * @param period 1 ms to 365 days
     * @param burst how many calls may come at once
     * @param strict whether the number holds for every window
     * @throws IllegalArgumentException if a value is out of its range, more than one call a nanosecond is asked for, or a
     *     used up burst would take more than ten years to come back
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
        long most = strict ? calls : MAX_CALLS;
        if (burst < 1 || burst > most) {
            throw new IllegalArgumentException("burst is 1 to " + most + ", not " + burst);
        }
        if (burst > MAX_TO_FILL / interval(calls, period, burst, strict)) {
            throw new IllegalArgumentException("A burst of " + burst + " at " + calls + " in " + period
                    + " would take over ten years to come back");
        }
    }

    /**
     * Makes a quota whose calls may all come at once.
     *
     * @param calls 1 to 2,147,483,648
     * @param period 1 ms to 365 days
     * @throws IllegalArgumentException if a value is out of its range
     */
    public Quota(long calls, Duration period) {
        this(calls, period, Math.max(1, calls), false);
    }

    /**
     * Lets another number of calls come at once.
     *
     * @param newBurst 1 to 2,147,483,648, if strict at most {@code calls}
     * @return a quota like this one but for the burst
     * @throws IllegalArgumentException if the burst is out of its range
     */
    public Quota withBurst(long newBurst) {
        return new Quota(calls, period, newBurst, strict);
    }

    /**
     * Makes the number hold for every window of the period's length; half of the calls, rounded up, may come at once.
     *
     * @return a strict quota
     */
    public Quota asStrict() {
        return new Quota(calls, period, (calls + 1) / 2, true);
    }

    /**
     * Returns how fast calls come back.
     *
     * @return after how many nanoseconds one call comes back, at least 1
     */
    public long nanosPerCall() {
        return interval(calls, period, burst, strict);
    }

    private static long interval(long calls, Duration period, long burst, boolean strict) {
        long over = strict ? calls - burst + 1 : calls;
        return (period.toNanos() + over - 1) / over;
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
            throw new IllegalArgumentException(FORM);
        }
        try {
            return new Quota(
                    Long.parseLong(text.substring(0, slash).trim()),
                    Duration.parse(text.substring(slash + 1).trim()));
        } catch (NumberFormatException | DateTimeParseException e) {
            throw new IllegalArgumentException(FORM, e);
        }
    }
}
