package dev.dowel.example.web;

import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;

/** A servlet whose answers are JSON. */
public abstract class JsonServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;
    private static final ObjectMapper JSON = new ObjectMapper();

    /** For subclasses. */
    protected JsonServlet() {}

    /** Answers with a body. */
    protected static void answer(HttpServletResponse response, int status, Object body) throws IOException {
        byte[] bytes = JSON.writeValueAsBytes(body);
        response.setStatus(status);
        response.setContentType("application/json");
        response.setContentLength(bytes.length);
        response.getOutputStream().write(bytes);
    }

    /** Answers that there is no such thing. */
    protected static void notFound(HttpServletResponse response) throws IOException {
        answer(response, HttpServletResponse.SC_NOT_FOUND, Map.of("detail", "Not found."));
    }
}
