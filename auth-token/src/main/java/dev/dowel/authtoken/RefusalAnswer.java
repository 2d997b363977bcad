package dev.dowel.authtoken;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives the answers of RFC 6750. Which part of a token was wrong never shows. */
final class RefusalAnswer {

    private static final Logger LOG = LoggerFactory.getLogger(RefusalAnswer.class);
    private static final String MISSING = "Missing authentication header";
    private static final String INVALID = "Invalid authentication header";
    private static final String SCOPE = "Insufficient scope";
    private static final String FAILURES = "Too many failed calls";
    private static final String UNAVAILABLE = "Authentication is unavailable";

    static final Set<String> DETAILS = Set.of(MISSING, INVALID, SCOPE, FAILURES, UNAVAILABLE);

    private final String challenge;
    private final String invalidToken;
    private final ErrorWriter writer;
    private final ThrottledLog writerLog = new ThrottledLog(LOG, "The error writer", System::nanoTime);

    RefusalAnswer(String realm, ErrorWriter writer) {
        this.challenge = "Bearer realm=\"" + realm + "\"";
        this.invalidToken = challenge + ", error=\"invalid_token\"";
        this.writer = writer;
    }

    void write(HttpServletRequest request, HttpServletResponse response, Outcome.Refused refused, Set<String> scopes)
            throws IOException {
        if (response.isCommitted()) {
            return;
        }
        switch (refused.reason()) {
            case MISSING -> challenged(request, response, 401, challenge, MISSING);
            case OTHER_SCHEME -> challenged(request, response, 401, challenge, INVALID);
            case SEVERAL_CREDENTIALS ->
                challenged(request, response, 400, challenge + ", error=\"invalid_request\"", INVALID);
            case INSUFFICIENT_SCOPE -> {
                String needed =
                        challenge + ", error=\"insufficient_scope\", scope=\"" + String.join(" ", scopes) + "\"";
                challenged(request, response, 403, needed, SCOPE);
            }
            case TOO_MANY_FAILURES -> later(request, response, 429, refused.retryAfter(), FAILURES);
            case UNAVAILABLE -> later(request, response, 503, refused.retryAfter(), UNAVAILABLE);
            case MALFORMED, UNKNOWN_CLIENT, WRONG_SECRET, NOT_YET_VALID, EXPIRED, DISABLED, OTHER ->
                challenged(request, response, 401, invalidToken, INVALID);
        }
    }

    private void challenged(
            HttpServletRequest request, HttpServletResponse response, int status, String challenged, String detail)
            throws IOException {
        response.setHeader("WWW-Authenticate", challenged);
        write(request, response, status, detail);
    }

    private void later(
            HttpServletRequest request, HttpServletResponse response, int status, Duration wait, String detail)
            throws IOException {
        response.setHeader("Retry-After", Long.toString(wholeSeconds(wait)));
        write(request, response, status, detail);
    }

    private void write(HttpServletRequest request, HttpServletResponse response, int status, String detail)
            throws IOException {
        response.setStatus(status);
        response.setHeader("Cache-Control", "no-store");
        try {
            writer.write(request, response, status, detail);
        } catch (RuntimeException e) {
            writerLog.failed(e);
            if (!response.isCommitted()) {
                response.resetBuffer();
                ErrorWriter.detail().write(request, response, status, detail);
            }
        }
        response.setStatus(status);
    }

    private static long wholeSeconds(Duration duration) {
        long seconds = duration.getSeconds() + (duration.getNano() > 0 ? 1 : 0);
        return Math.max(1, seconds);
    }
}
