package dev.dowel.authtoken;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Writes constant ASCII text as the whole body of an answer. */
final class JsonBody {

    private JsonBody() {}

    static void write(HttpServletResponse response, String contentType, byte[] body) throws IOException {
        response.setContentType(contentType);
        response.setContentLength(body.length);
        try {
            response.getOutputStream().write(body);
        } catch (IllegalStateException e) {
            // A servlet that had asked for the writer before it forwarded here leaves only the writer.
            response.getWriter().write(new String(body, StandardCharsets.US_ASCII));
        }
    }

    static String title(int status) {
        return switch (status) {
            case 400 -> "Bad Request";
            case 401 -> "Unauthorized";
            case 403 -> "Forbidden";
            case 429 -> "Too Many Requests";
            default -> "Service Unavailable";
        };
    }
}
