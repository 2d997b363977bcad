package dev.dowel.example.users;

import dev.dowel.example.web.JsonServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code GET /api/v1/users/7}, {@code GET /api/v1/users?id__in=1,2}, {@code DELETE /api/v1/users/7}. */
final class UserServlet extends JsonServlet {
    private static final long serialVersionUID = 1L;
    private static final Pattern ONE = Pattern.compile("/api/v1/users/(\\d{1,18})");
    private static final Pattern IDS = Pattern.compile("\\d{1,18}(,\\d{1,18}){0,99}");

    private final transient UserService service;

    UserServlet(UserService service) {
        this.service = service;
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if ("/api/v1/users".equals(request.getPathInfo())) {
            list(request.getParameter("id__in"), response);
            return;
        }
        Optional<User> user = id(request).flatMap(service::find);
        if (user.isPresent()) {
            answer(response, HttpServletResponse.SC_OK, user.get());
        } else {
            notFound(response);
        }
    }

    private void list(@Nullable String ids, HttpServletResponse response) throws IOException {
        if (ids == null || !IDS.matcher(ids).matches()) {
            answer(response, HttpServletResponse.SC_BAD_REQUEST, Map.of("detail", "id__in takes 1 to 100 ids."));
            return;
        }
        List<User> found =
                service.findAll(Arrays.stream(ids.split(",")).map(Long::valueOf).toList());
        Map<String, @Nullable Object> page = new LinkedHashMap<>();
        page.put("count", found.size());
        page.put("next", null);
        page.put("previous", null);
        page.put("results", found);
        answer(response, HttpServletResponse.SC_OK, page);
    }

    @Override
    protected void doDelete(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (id(request).map(service::delete).orElse(false)) {
            response.setStatus(HttpServletResponse.SC_NO_CONTENT);
        } else {
            notFound(response);
        }
    }

    private static Optional<Long> id(HttpServletRequest request) {
        String path = request.getPathInfo();
        Matcher matcher = ONE.matcher(path == null ? "" : path);
        return matcher.matches() ? Optional.of(Long.valueOf(matcher.group(1))) : Optional.empty();
    }
}
