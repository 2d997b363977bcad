package dev.dowel.example.likes;

import dev.dowel.example.web.JsonServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code GET /health}, {@code GET /pages/welcome}, {@code GET /pages/welcome/likes}. */
final class LikesServlet extends JsonServlet {
    private static final long serialVersionUID = 1L;
    private static final Pattern PAGE = Pattern.compile("/pages/([a-z0-9-]{1,100})(/likes)?");

    private final transient LikesService service;

    LikesServlet(LikesService service) {
        this.service = service;
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String path = Optional.ofNullable(request.getPathInfo()).orElse("");
        if (path.equals("/health")) {
            answer(response, HttpServletResponse.SC_OK, Map.of("status", "up"));
            return;
        }
        Matcher page = PAGE.matcher(path);
        if (!page.matches()) {
            notFound(response);
        } else if (page.group(2) != null) {
            answer(response, HttpServletResponse.SC_OK, service.likers(page.group(1)));
        } else {
            masthead(page.group(1), response);
        }
    }

    private void masthead(String page, HttpServletResponse response) throws IOException {
        Optional<LikesService.Masthead> masthead = service.masthead(page);
        if (masthead.isPresent()) {
            answer(response, HttpServletResponse.SC_OK, masthead.get());
        } else {
            notFound(response);
        }
    }
}
