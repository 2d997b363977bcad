package dev.dowel.authtoken;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Writes {@code {"detail": "..."}}, from bytes made beforehand, so that a refusal costs no more than an accepted call. */
final class DetailWriter implements ErrorWriter {

    static final ErrorWriter INSTANCE = new DetailWriter();

    private final Map<String, byte[]> bodies = RefusalAnswer.DETAILS.stream()
            .collect(Collectors.toUnmodifiableMap(Function.identity(), DetailWriter::body));

    private DetailWriter() {}

    @Override
    public void write(HttpServletRequest request, HttpServletResponse response, int status, String detail)
            throws IOException {
        byte[] known = bodies.get(detail);
        JsonBody.write(response, "application/json", known == null ? body(detail) : known);
    }

    private static byte[] body(String detail) {
        return ("{\"detail\": \"" + detail + "\"}").getBytes(StandardCharsets.US_ASCII);
    }
}
