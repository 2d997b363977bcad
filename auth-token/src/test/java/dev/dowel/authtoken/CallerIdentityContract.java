package dev.dowel.authtoken;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.security.Principal;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** A container or an earlier filter that found somebody out by other means. */
@Tag("container")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class CallerIdentityContract {

    private static final String GOOD = "Authorization: Bearer good";
    private static final String BAD = "Authorization: Bearer bad";
    private static final String NOBODY = "null null false null";
    private ServletServer server;

    abstract ServletServer newServer() throws Exception;

    /** What another way to authenticate leaves behind. */
    private static final class Elsewhere extends HttpServletRequestWrapper {
        Elsewhere(HttpServletRequest request) {
            super(request);
        }

        @Override
        public Principal getUserPrincipal() {
            return () -> "root";
        }

        @Override
        public String getRemoteUser() {
            return "root";
        }

        @Override
        public boolean isUserInRole(String role) {
            return true;
        }

        @Override
        public String getAuthType() {
            return BASIC_AUTH;
        }

        @Override
        public boolean authenticate(HttpServletResponse response) {
            return true;
        }

        @Override
        public void login(String username, String password) {}
    }

    @BeforeAll
    void start() throws Exception {
        DispatcherType[] all = {
            DispatcherType.REQUEST, DispatcherType.ASYNC, DispatcherType.FORWARD, DispatcherType.ERROR
        };
        BearerTokenFilter filter = BearerTokenFilter.builder(
                        token -> token.value().equals("good")
                                ? new Verification.Accepted(new ServicePrincipal("billing", Set.of("read"), Map.of()))
                                : new Verification.Rejected(RefusalReason.WRONG_SECRET))
                .authentication(Authentication.NONE, "/open/*")
                .authentication(Authentication.OPTIONAL_STRICT, "/strict")
                .authentication(Authentication.OPTIONAL_LENIENT, "/lenient")
                .preflights(true)
                .build();
        server = newServer()
                .filter(
                        (request, response, chain) ->
                                chain.doFilter(new Elsewhere((HttpServletRequest) request), response),
                        all)
                .filter(filter, all)
                .servlet("/*", (request, response) -> response.getWriter().print(seen(request)))
                .servlet("/open/fails", (request, response) -> response.sendError(500))
                .servlet("/closed/fails", (request, response) -> response.sendError(500))
                .servlet(
                        "/open/forward",
                        (request, response) ->
                                request.getRequestDispatcher("/open/page").forward(request, response))
                .servlet(
                        "/open/login",
                        (request, response) -> response.getWriter()
                                .print(refuses(() -> request.login("root", "root")) + " "
                                        + refuses(() -> request.authenticate(response)) + " " + seen(request)))
                .errorPage("/error")
                .start();
    }

    private static String seen(HttpServletRequest request) {
        return request.getUserPrincipal() + " " + request.getRemoteUser() + " " + request.isUserInRole("admin") + " "
                + request.getAuthType();
    }

    /** One call of the servlet API. */
    private interface Call {
        void run() throws IOException, ServletException;
    }

    private static boolean refuses(Call call) throws IOException {
        try {
            call.run();
            return false;
        } catch (ServletException e) {
            return true;
        }
    }

    @AfterAll
    void stop() throws Exception {
        server.close();
    }

    @Test
    void an_open_path_knows_nobody() throws Exception {
        assertThat(server.get("/open/page").body()).isEqualTo(NOBODY);
        assertThat(server.get("/open/page", GOOD).body()).isEqualTo(NOBODY);
        assertThat(server.get("/open/forward").body()).isEqualTo(NOBODY);
    }

    @Test
    void without_an_accepted_token_an_optional_path_knows_nobody() throws Exception {
        assertThat(server.get("/strict").body()).isEqualTo(NOBODY);
        assertThat(server.get("/lenient").body()).isEqualTo(NOBODY);
        assertThat(server.get("/lenient", BAD).body()).isEqualTo(NOBODY);
    }

    @Test
    void a_preflight_is_from_nobody() throws Exception {
        assertThat(server.send("OPTIONS", "/x", "Origin: https://x", "Access-Control-Request-Method: PUT")
                        .body())
                .isEqualTo(NOBODY);
    }

    @Test
    void an_error_page_knows_the_accepted_client_or_nobody() throws Exception {
        assertThat(server.get("/open/fails").body()).isEqualTo(NOBODY);
        assertThat(server.get("/closed/fails", GOOD).body()).endsWith(" billing false Bearer");
    }

    @Test
    void with_an_accepted_token_only_its_client_is_known() throws Exception {
        assertThat(server.get("/closed/x", GOOD).body()).endsWith(" billing false Bearer");
    }

    @Test
    void nobody_cannot_become_somebody_by_the_login_of_the_container() throws Exception {
        assertThat(server.get("/open/login").body()).isEqualTo("true true " + NOBODY);
    }
}
