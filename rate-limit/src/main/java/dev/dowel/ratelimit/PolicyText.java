package dev.dowel.ratelimit;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** What a rule's answers say, made once: a refusal under attack is to cost next to nothing. */
final class PolicyText {
    private static final int REMEMBERED = 601;
    private static final long NANOS = 1_000_000_000L;
    private static final AtomicReferenceArray<@Nullable String> NUMBERS = new AtomicReferenceArray<>(REMEMBERED);

    private final RateLimitRule rule;
    private final String policies;
    private final byte[][] exceeded;
    private final byte[][] reduced;
    private final AtomicReferenceArray<@Nullable String> exhausted;

    PolicyText(RateLimitRule rule) {
        this.rule = rule;
        int quotas = rule.quotas().size();
        this.exceeded = new byte[quotas][];
        this.reduced = new byte[quotas][];
        this.exhausted = new AtomicReferenceArray<>(quotas * REMEMBERED);
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < quotas; i++) {
            Quota quota = rule.quotas().get(i);
            all.append(i == 0 ? "" : ", ")
                    .append('"')
                    .append(rule.policy(i))
                    .append("\";q=")
                    .append(quota.calls())
                    .append(";w=")
                    .append(seconds(quota.period().toNanos()));
            exceeded[i] = problem("quota-exceeded", "Too many requests", 429, rule.policy(i));
            reduced[i] = problem("temporary-reduced-capacity", "Calls cannot be counted now", 503, rule.policy(i));
        }
        this.policies = all.toString();
    }

    private static byte[] problem(String type, String title, int status, String policy) {
        return ("{\"type\":\"https://iana.org/assignments/http-problem-types#" + type + "\",\"title\":\"" + title
                        + "\",\"status\":" + status + ",\"violated-policies\":[\"" + policy + "\"]}")
                .getBytes(StandardCharsets.US_ASCII);
    }

    /** Returns the value of {@code RateLimit-Policy}. */
    String policies() {
        return policies;
    }

    byte[] problem(int status, int quota) {
        return status == 503 ? reduced[quota] : exceeded[quota];
    }

    /** Returns the value of {@code RateLimit} for a call that passed. */
    String limit(Decision decision) {
        return item(decision.quota(), decision.remaining(), seconds(decision.nanosToReset()));
    }

    /** Returns the value of {@code RateLimit} for a call that was refused. */
    String exhausted(int quota, long seconds) {
        if (seconds >= REMEMBERED) {
            return item(quota, 0, seconds);
        }
        int place = quota * REMEMBERED + (int) seconds;
        @Nullable String text = exhausted.get(place);
        if (text == null) {
            text = item(quota, 0, seconds);
            exhausted.set(place, text);
        }
        return text;
    }

    private String item(int quota, long remaining, long seconds) {
        return "\"" + rule.policy(quota) + "\";r=" + remaining + ";t=" + seconds;
    }

    static String number(long number) {
        if (number >= REMEMBERED) {
            return Long.toString(number);
        }
        @Nullable String text = NUMBERS.get((int) number);
        if (text == null) {
            text = Long.toString(number);
            NUMBERS.set((int) number, text);
        }
        return text;
    }

    /** Returns whole seconds, rounded up. */
    static long seconds(long nanos) {
        return nanos / NANOS + (nanos % NANOS == 0 ? 0 : 1);
    }
}
