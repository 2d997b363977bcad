package dev.dowel.authtoken;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * Writes the body of a refusal. Status, challenge and {@code Cache-Control} are set before, and a writer learns nothing
 * that may not be told to the caller. Called by many threads at once; when it throws, the caller gets {@link #detail()}.
 */
@FunctionalInterface
public interface ErrorWriter {

    /**
     * Returns the default: {@code application/json} with {@code {"detail": "..."}}.
     *
     * @return a writer without state
     */
    static ErrorWriter detail() {
        return DetailWriter.INSTANCE;
    }

    /**
     * Returns problem details of RFC 9457: {@code application/problem+json} with type, title, status and detail.
     *
     * @return a writer without state
     */
    static ErrorWriter problem() {
        return (request, response, status, detail) -> {
            String body = "{\"type\": \"about:blank\", \"title\": \"" + JsonBody.title(status) + "\", \"status\": "
                    + status + ", \"detail\": \"" + detail + "\"}";
            JsonBody.write(response, "application/problem+json", body.getBytes(StandardCharsets.US_ASCII));
        };
    }

    /**
     * Writes content type and body.
     *
     * @param request the refused call
     * @param response its answer, not committed; the status is the given one afterwards, whatever the writer sets
     * @param status 400, 401, 403, 429 or 503
     * @param detail one of five constant sentences, ASCII without quote and backslash
     * @throws IOException if the answer cannot be written
     */
    void write(HttpServletRequest request, HttpServletResponse response, int status, String detail) throws IOException;
}
