package dev.dowel.ratelimit;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * Writes what a refused client gets: 429 (RFC 6585), {@code Retry-After} in whole seconds (RFC 9110), problem+json
 * (RFC 9457) and the headers of the IETF draft on rate limit headers.
 */
final class Refusal {
    private static final int TOO_MANY_REQUESTS = 429;
    private static final long NANOS = 1_000_000_000L;

    private Refusal() {}

    static void write(HttpServletResponse response, RateLimitRule rule, Decision decision, boolean headers)
            throws IOException {
        response.setStatus(TOO_MANY_REQUESTS);
        response.setHeader("Retry-After", Long.toString(retryAfter(decision)));
        if (headers) {
            headers(response, rule, decision);
        }
        byte[] body = ("{\"type\":\"https://iana.org/assignments/http-problem-types#quota-exceeded\","
                        + "\"title\":\"Too many requests\",\"status\":429,\"violated-policies\":[\"" + rule.name()
                        + "\"]}")
                .getBytes(StandardCharsets.UTF_8);
        response.setHeader("Cache-Control", "no-store");
        response.setContentType("application/problem+json");
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }

    static void headers(HttpServletResponse response, RateLimitRule rule, Decision decision) {
        long window = Math.max(1, seconds(rule.quota().period().toNanos()));
        response.setHeader(
                "RateLimit-Policy", "\"" + rule.name() + "\";q=" + rule.quota().calls() + ";w=" + window);
        long t = decision.allowed() ? seconds(decision.nanosToReset()) : retryAfter(decision);
        response.setHeader("RateLimit", "\"" + rule.name() + "\";r=" + decision.remaining() + ";t=" + t);
    }

    /** Returns whole seconds, never fewer than the client has to wait, never 0. */
    private static long retryAfter(Decision decision) {
        return Math.max(1, seconds(decision.nanosToRetry()));
    }

    private static long seconds(long nanos) {
        return nanos / NANOS + (nanos % NANOS == 0 ? 0 : 1);
    }
}
