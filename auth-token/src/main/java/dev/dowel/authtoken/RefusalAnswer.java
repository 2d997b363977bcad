package dev.dowel.authtoken;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;

/** Writes the answers of RFC 6750 with a JSON body. Which part of a token was wrong never shows. */
final class RefusalAnswer {

    private final String challenge;

    RefusalAnswer(String realm) {
        this.challenge = "Bearer realm=\"" + realm + "\"";
    }

    void write(HttpServletResponse response, RefusalReason reason, Duration retryAfter, Set<String> scopes)
            throws IOException {
        if (response.isCommitted()) {
            return;
        }
        switch (reason) {
            case MISSING -> write(response, 401, challenge, "Missing authentication header");
            case OTHER_SCHEME -> write(response, 401, challenge, "Invalid authentication header");
            case SEVERAL_CREDENTIALS ->
                write(response, 400, challenge + ", error=\"invalid_request\"", "Invalid authentication header");
            case INSUFFICIENT_SCOPE -> {
                String needed = ", error=\"insufficient_scope\", scope=\"" + String.join(" ", scopes) + "\"";
                write(response, 403, challenge + needed, "Insufficient scope");
            }
            case UNAVAILABLE -> {
                response.setHeader("Retry-After", Long.toString(wholeSeconds(retryAfter)));
                write(response, 503, "", "Authentication is unavailable");
            }
            case MALFORMED, UNKNOWN_CLIENT, WRONG_SECRET, NOT_YET_VALID, EXPIRED, DISABLED, OTHER ->
                write(response, 401, challenge + ", error=\"invalid_token\"", "Invalid authentication header");
        }
    }

    private static void write(HttpServletResponse response, int status, String challenge, String detail)
            throws IOException {
        String body = "{\"detail\": \"" + detail + "\"}";
        response.setStatus(status);
        if (!challenge.isEmpty()) {
            response.setHeader("WWW-Authenticate", challenge);
        }
        response.setHeader("Cache-Control", "no-store");
        response.setContentType("application/json");
        response.setContentLength(body.length());
        try {
            response.getOutputStream().write(body.getBytes(StandardCharsets.US_ASCII));
        } catch (IllegalStateException e) {
            // A servlet that had asked for the writer before it forwarded here leaves only the writer.
            response.getWriter().write(body);
        }
    }

    private static long wholeSeconds(Duration duration) {
        long seconds = duration.getSeconds() + (duration.getNano() > 0 ? 1 : 0);
        return Math.max(1, seconds);
    }
}
