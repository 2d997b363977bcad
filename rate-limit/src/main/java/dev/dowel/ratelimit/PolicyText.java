package dev.dowel.ratelimit;

import java.nio.charset.StandardCharsets;

/** What a rule's answers say, made once: a refusal under attack is to cost next to nothing. */
final class PolicyText {
    private static final long NANOS = 1_000_000_000L;
    private static final SecondsText NUMBERS = new SecondsText(Long::toString);

    private final RateLimitRule rule;
    private final String policies;
    private final byte[][] exceeded;
    private final byte[][] reduced;
    private final SecondsText[] exhausted;

    PolicyText(RateLimitRule rule) {
        this.rule = rule;
        int quotas = rule.quotas().size();
        this.exceeded = new byte[quotas][];
        this.reduced = new byte[quotas][];
        this.exhausted = new SecondsText[quotas];
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
            int place = i;
            exhausted[i] = new SecondsText(seconds -> item(place, 0, seconds));
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
        return exhausted[quota].of(seconds);
    }

    private String item(int quota, long remaining, long seconds) {
        return "\"" + rule.policy(quota) + "\";r=" + remaining + ";t=" + seconds;
    }

    /** Returns the value of {@code Retry-After}. */
    static String retryAfter(long seconds) {
        return NUMBERS.of(seconds);
    }

    /** Returns whole seconds, rounded up. */
    static long seconds(long nanos) {
        return nanos / NANOS + (nanos % NANOS == 0 ? 0 : 1);
    }
}
