package dev.dowel.ratelimit;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Writes what a refused client gets: 429 (RFC 6585) or 503, {@code Retry-After} in whole seconds (RFC 9110), problem+json
 * (RFC 9457) and the header fields of draft-ietf-httpapi-ratelimit-headers-11. Nothing in it comes from the request.
 */
final class Refusal {
    static final int TOO_MANY_REQUESTS = 429;
    static final int UNAVAILABLE = 503;

    private static final byte[] DETAIL = "{\"detail\":\"Too many requests\"}".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] DETAIL_UNAVAILABLE =
            "{\"detail\":\"Calls cannot be counted now\"}".getBytes(StandardCharsets.US_ASCII);

    private final HeaderMode headers;
    private final RefusalBody body;
    private final long jitterSeconds;

    Refusal(HeaderMode headers, RefusalBody body, long jitterSeconds) {
        this.headers = headers;
        this.body = body;
        this.jitterSeconds = jitterSeconds;
    }

    void allowed(HttpServletResponse response, RateLimitRule rule, Decision decision) {
        if (headers == HeaderMode.ALWAYS) {
            response.setHeader("RateLimit", rule.text().limit(decision));
        }
    }

    void refused(HttpServletResponse response, RateLimitRule rule, Decision decision) throws IOException {
        // Never 0, never earlier than the call would be allowed.
        long seconds = Math.max(1, PolicyText.seconds(decision.nanosToRetry()));
        if (headers != HeaderMode.NONE && !response.isCommitted()) {
            response.setHeader("RateLimit-Policy", rule.text().policies());
            response.setHeader("RateLimit", rule.text().exhausted(decision.quota(), seconds));
        }
        write(response, TOO_MANY_REQUESTS, seconds, rule, decision.quota());
    }

    void unavailable(HttpServletResponse response, RateLimitRule rule) throws IOException {
        write(response, UNAVAILABLE, 1, rule, 0);
    }

    private void write(HttpServletResponse response, int status, long seconds, RateLimitRule rule, int quota)
            throws IOException {
        if (response.isCommitted()) {
            return;
        }
        response.resetBuffer();
        response.setStatus(status);
        long jitter = jitterSeconds == 0 ? 0 : ThreadLocalRandom.current().nextLong(jitterSeconds + 1);
        response.setHeader("Retry-After", PolicyText.retryAfter(seconds + jitter));
        response.setHeader("Cache-Control", "no-store");
        byte[] bytes = bytes(status, rule, quota);
        response.setContentType(body == RefusalBody.PROBLEM ? "application/problem+json" : "application/json");
        response.setContentLength(bytes.length);
        write(response, bytes);
    }

    /** A filter before may have begun an answer with a writer. */
    private static void write(HttpServletResponse response, byte[] bytes) throws IOException {
        ServletOutputStream out;
        try {
            out = response.getOutputStream();
        } catch (IllegalStateException writerInUse) {
            response.getWriter().write(new String(bytes, StandardCharsets.US_ASCII));
            return;
        }
        out.write(bytes);
    }

    private byte[] bytes(int status, RateLimitRule rule, int quota) {
        if (body == RefusalBody.PROBLEM) {
            return rule.text().problem(status, quota);
        }
        return status == UNAVAILABLE ? DETAIL_UNAVAILABLE : DETAIL;
    }
}
