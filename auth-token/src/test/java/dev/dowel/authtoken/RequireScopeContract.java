package dev.dowel.authtoken;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Servlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Scopes that stand on servlets and on handlers. */
@Tag("container")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class RequireScopeContract {

    private static final String READER = "Authorization: Bearer reader";
    private static final String ADMIN = "Authorization: Bearer admin";

    private final Queue<AuthenticationEvent> failures = new ConcurrentLinkedQueue<>();
    private final AtomicInteger verified = new AtomicInteger();
    private ServletServer server;
    private BearerTokenFilter filter;

    abstract ServletServer newServer() throws Exception;

    @RequireScope("admin")
    static class AdminServlet extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.getWriter().print("ADMIN " + request.getRemoteUser());
        }
    }

    static final class InheritingServlet extends AdminServlet {
        private static final long serialVersionUID = 1L;
    }

    @RequireScope({})
    static final class KnownCallerServlet extends AdminServlet {
        private static final long serialVersionUID = 1L;
    }

    @RequireScope("not a token")
    static final class WrongServlet extends AdminServlet {
        private static final long serialVersionUID = 1L;
    }

    /** Stands for a controller of a web framework. */
    @RequireScope("read")
    static final class Controller {
        void list() {}

        @RequireScope("admin")
        void delete() {}
    }

    @BeforeAll
    void start() throws Exception {
        TokenVerifier verifier = token -> {
            verified.incrementAndGet();
            return switch (token.value()) {
                case "reader" -> new Verification.Accepted(new ServicePrincipal("r", Set.of("read"), Map.of()));
                case "admin" -> new Verification.Accepted(new ServicePrincipal("a", Set.of("admin", "read"), Map.of()));
                default -> new Verification.Rejected(RefusalReason.WRONG_SECRET);
            };
        };
        filter = BearerTokenFilter.builder(verifier)
                .authentication(Authentication.NONE, "/open/*", "/handler/open/*")
                .requireScope("read", "/read/*")
                .listener(new AuthenticationListener() {
                    @Override
                    public void onFailure(AuthenticationEvent event) {
                        failures.add(event);
                    }
                })
                .build();
        server = newServer()
                .filter(
                        filter,
                        DispatcherType.REQUEST,
                        DispatcherType.ASYNC,
                        DispatcherType.FORWARD,
                        DispatcherType.INCLUDE)
                .servlet("/admin/*", new AdminServlet())
                .servlet("/open/admin", new AdminServlet())
                .servlet("/read/admin", new InheritingServlet())
                .servlet("/open/known", new KnownCallerServlet())
                .servlet("/plain", (request, response) -> response.getWriter().print("PLAIN"))
                .servlet(
                        "/open/forward",
                        (request, response) ->
                                request.getRequestDispatcher("/admin/x").forward(request, response))
                .servlet(
                        "/open/include",
                        (request, response) ->
                                request.getRequestDispatcher("/admin/x").include(request, response))
                .servlet(
                        "/open/async",
                        (request, response) -> request.startAsync().dispatch("/admin/x"))
                .servlet("/handler/*", (request, response) -> {
                    String method = request.getPathInfo().endsWith("delete") ? "delete" : "list";
                    if (permitted(request, response, method)) {
                        response.getWriter().print(method + " " + request.getRemoteUser());
                    }
                })
                .start();
    }

    @AfterAll
    void stop() throws Exception {
        server.close();
    }

    private boolean permitted(HttpServletRequest request, HttpServletResponse response, String method)
            throws IOException {
        try {
            return filter.permits(request, response, Controller.class, Controller.class.getDeclaredMethod(method));
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void an_annotated_servlet_needs_its_scope() throws Exception {
        assertThat(server.get("/admin/x", ADMIN).body()).isEqualTo("ADMIN a");
        ServletServer.Answer refused = server.get("/admin/x", READER);
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.header("WWW-Authenticate"))
                .isEqualTo("Bearer realm=\"service\", error=\"insufficient_scope\", scope=\"admin\"");
        assertThat(server.get("/admin/x").status()).isEqualTo(401);
        assertThat(server.get("/plain", READER).body()).isEqualTo("PLAIN");
    }

    @Test
    void an_open_mapping_does_not_open_an_annotated_servlet() throws Exception {
        assertThat(server.get("/open/admin").status()).isEqualTo(401);
        assertThat(server.get("/open/admin", READER).status()).isEqualTo(403);
        assertThat(server.get("/open/admin", ADMIN).body()).isEqualTo("ADMIN a");
    }

    @Test
    void a_subclass_inherits_and_scopes_of_mappings_add_up() throws Exception {
        ServletServer.Answer refused = server.get("/read/admin", READER);
        assertThat(refused.header("WWW-Authenticate")).endsWith("scope=\"admin read\"");
        assertThat(server.get("/read/admin", ADMIN).body()).isEqualTo("ADMIN a");
    }

    @Test
    void no_scope_at_all_still_needs_a_token() throws Exception {
        assertThat(server.get("/open/known").status()).isEqualTo(401);
        assertThat(server.get("/open/known", READER).body()).isEqualTo("ADMIN r");
    }

    @Test
    void forwards_includes_and_async_dispatches_to_an_annotated_servlet_are_checked() throws Exception {
        for (String path : new String[] {"/open/forward", "/open/async"}) {
            assertThat(server.get(path).status()).as(path).isEqualTo(401);
            assertThat(server.get(path, READER).status()).as(path).isEqualTo(403);
            assertThat(server.get(path, ADMIN).body()).as(path).isEqualTo("ADMIN a");
        }
        assertThat(server.get("/open/include", READER).body()).isEqualTo("{\"detail\": \"Insufficient scope\"}");
        assertThat(server.get("/open/include", ADMIN).body()).isEqualTo("ADMIN a");
    }

    @Test
    void a_wrong_annotation_lets_nobody_in() throws Exception {
        try (ServletServer wrong = newServer()
                .filter(filter, DispatcherType.REQUEST)
                .servlet("/wrong", new WrongServlet())
                .start()) {
            ServletServer.Answer answer = wrong.get("/wrong", ADMIN);
            assertThat(answer.status()).isEqualTo(500);
            assertThat(answer.body()).doesNotContain("ADMIN a");
        }
    }

    @Test
    void handlers_of_a_framework_are_checked_by_class_and_method_and_refusals_are_told() throws Exception {
        assertThat(server.get("/handler/list", READER).body()).isEqualTo("list r");
        failures.clear();
        verified.set(0);
        ServletServer.Answer refused = server.get("/handler/delete", READER);
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.header("WWW-Authenticate")).endsWith("scope=\"admin read\"");
        assertThat(failures).singleElement().satisfies(event -> {
            assertThat(event.reason()).contains(RefusalReason.INSUFFICIENT_SCOPE);
            assertThat(event.client()).contains("r");
        });
        assertThat(verified).hasValue(1);
        assertThat(server.get("/handler/delete", ADMIN).body()).isEqualTo("delete a");
    }

    @Test
    void a_handler_on_an_open_path_is_checked_too() throws Exception {
        assertThat(server.get("/handler/open/delete").status()).isEqualTo(401);
        assertThat(server.get("/handler/open/delete", READER).status()).isEqualTo(403);
        assertThat(server.get("/handler/open/list", READER).body()).startsWith("list");
    }

    @Test
    void a_servlet_whose_class_cannot_be_loaded_lets_nobody_in() throws Exception {
        BearerTokenFilter open = BearerTokenFilter.builder(token -> new Verification.Rejected(RefusalReason.OTHER))
                .authentication(Authentication.NONE, "/*")
                .build();
        try (ServletServer unloadable = newServer()
                .filter(open, DispatcherType.REQUEST)
                .servlet("/hidden", hidden())
                .servlet("/plain", (request, response) -> response.getWriter().print("PLAIN"))
                .start()) {
            ServletServer.Answer answer = unloadable.get("/hidden");
            assertThat(answer.status()).isEqualTo(500);
            assertThat(answer.body()).doesNotContain("ADMIN null");
            assertThat(unloadable.get("/plain").body()).isEqualTo("PLAIN");
            assertThat(unloadable.get("/mapped/to/nothing").status()).isEqualTo(404);
        }
    }

    /** Returns an annotated servlet of a class that no class loader finds by its name. */
    private static Servlet hidden() throws Exception {
        try (InputStream bytes =
                RequireScopeContract.class.getResourceAsStream("RequireScopeContract$AdminServlet.class")) {
            Class<?> type = MethodHandles.lookup()
                    .defineHiddenClass(bytes.readAllBytes(), true)
                    .lookupClass();
            return (Servlet) type.getDeclaredConstructor().newInstance();
        }
    }
}
