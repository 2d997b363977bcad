package dev.dowel.authtoken;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Spellings of paths that a filter and a container might read differently. */
@Tag("container")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ExemptPathContract {

    private ServletServer server;

    abstract ServletServer newServer() throws Exception;

    @BeforeAll
    void start() throws Exception {
        BearerTokenFilter filter = BearerTokenFilter.builder(token -> new Verification.Rejected(RefusalReason.OTHER))
                .authentication(Authentication.NONE, "/public", "/open/*")
                .authentication(Authentication.REQUIRED, "/open/closed/*")
                .requireScope("admin", "/open/scoped/*")
                .requireScope("any", "/*")
                .build();
        server = newServer()
                .filter(filter, DispatcherType.REQUEST)
                .servlet("/*", (request, response) -> {
                    response.setHeader("Seen", request.getRequestURI());
                    response.getWriter().print("CONTENT");
                })
                .start();
    }

    ServletServer exempting() {
        return server;
    }

    /** Whether the container hands the path over as {@code /public}, so that nobody could tell. */
    boolean arrivesAsPublic(String path) {
        return false;
    }

    /** 400 and 404 are the containers' own answers, before any filter. */
    Set<Integer> refusals() {
        return Set.of(400, 401, 404);
    }

    @AfterAll
    void stop() throws Exception {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/public", "/public?x=/../admin", "/open", "/open/", "/open/x", "/open/x%20y", "/open/x.json"})
    void a_canonical_exempt_path_is_open(String path) throws Exception {
        assertThat(server.get(path).body()).isEqualTo("CONTENT");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/admin",
                "/public/../admin",
                "/public/..;/admin",
                "/public;x/../admin",
                "//public",
                "///public",
                "/public%2f..%2fadmin",
                "/public%2F..%2Fadmin",
                "/%70ublic",
                "/%2570ublic",
                "/PUBLIC",
                "/public/",
                "/public.json",
                "/public%00",
                "/public%20",
                "/public%0a",
                "/public;jsessionid=1",
                "/;jsessionid=1/public",
                ";jsessionid=1/public",
                "/public/;jsessionid=1",
                "/public/x",
                "/./public",
                "/public/.",
                "/x/../public",
                "/public%5c..%5cadmin",
                "/public\\..\\admin",
                "/public\u00e9",
                "/open/../admin",
                "/open/..",
                "/open/%2e%2e/admin",
                "/open/..%2fadmin",
                "/open/%252e%252e/admin",
                "/open//x",
                "/open/x;jsessionid=1",
                "/open;jsessionid=1/x",
                "/open/x%3b",
                "/open/%C3%A9",
                "/open/x%2",
                "/opened",
                "/open.json",
                "/OPEN/x"
            })
    void any_other_spelling_needs_a_token(String path) throws Exception {
        ServletServer.Answer answer = server.get(path);
        if (arrivesAsPublic(path)) {
            assertThat(answer.header("Seen")).isEqualTo("/public");
            return;
        }
        assertThat(answer.status()).isIn(refusals());
        assertThat(answer.body()).doesNotContain("CONTENT");
    }

    @ParameterizedTest
    @CsvSource({"/open/closed/x", "/open/closed", "/open/scoped/x"})
    void the_most_specific_mapping_decides(String path) throws Exception {
        assertThat(server.get(path).status()).isEqualTo(401);
    }

    @Test
    void an_absolute_target_is_read_as_its_path() throws Exception {
        assertThat(server.get("http://localhost/admin").status()).isEqualTo(401);
        assertThat(server.send("OPTIONS", "*").body()).doesNotContain("CONTENT");
    }

    @Test
    void the_decoded_path_has_to_be_canonical_even_if_another_filter_cleans_the_one_sent() throws Exception {
        BearerTokenFilter filter = BearerTokenFilter.builder(token -> new Verification.Rejected(RefusalReason.OTHER))
                .authentication(Authentication.NONE, "/open/*")
                .build();
        try (ServletServer cleaned = newServer()
                .filter(
                        (request, response, chain) -> chain.doFilter(
                                new HttpServletRequestWrapper((HttpServletRequest) request) {
                                    @Override
                                    public String getRequestURI() {
                                        return "/open/x";
                                    }
                                },
                                response),
                        DispatcherType.REQUEST)
                .filter(filter, DispatcherType.REQUEST)
                .servlet("/*", (request, response) -> response.getWriter().print("CONTENT"))
                .start()) {
            assertThat(cleaned.get("/open/y").body()).isEqualTo("CONTENT");
            for (String path : new String[] {"/open/%C3%A9", "/open/%252e%252e/admin"}) {
                ServletServer.Answer answer = cleaned.get(path);
                // Jetty throws when it is asked for the servlet path of an ambiguous one, and answers 400 itself.
                assertThat(answer.status()).isIn(400, 401);
                assertThat(answer.body()).doesNotContain("CONTENT");
            }
        }
    }

    @Test
    void another_spelling_escapes_neither_a_scope_nor_a_closed_path() throws Exception {
        BearerTokenFilter filter = BearerTokenFilter.builder(
                        token -> new Verification.Accepted(new ServicePrincipal("reader", Set.of("read"), Map.of())))
                .authentication(Authentication.NONE, "/open/*")
                .authentication(Authentication.REQUIRED, "/open/closed", "/open/area/*")
                .requireScope("admin", "/admin", "/slash/", "/area/*", "/open/admin")
                .build();
        try (ServletServer tight = newServer()
                .filter(filter, DispatcherType.REQUEST)
                .servlet("/*", (request, response) -> response.getWriter().print("CONTENT"))
                .start()) {
            String token = "Authorization: Bearer any";
            for (String path : List.of(
                    "/admin",
                    "/admin/",
                    "/ADMIN",
                    "/Admin/",
                    "/slash/",
                    "/slash",
                    "/AREA",
                    "/Area/x",
                    "/open/ADMIN/")) {
                assertThat(tight.get(path, token).status()).as(path).isEqualTo(403);
            }
            for (String path : List.of("/open/closed", "/open/closed/", "/open/CLOSED", "/open/Area/x")) {
                assertThat(tight.get(path).status()).as(path).isEqualTo(401);
                assertThat(tight.get(path, token).body()).as(path).isEqualTo("CONTENT");
            }
            assertThat(tight.get("/admins", token).body()).isEqualTo("CONTENT");
            assertThat(tight.get("/open/closed/x").body()).isEqualTo("CONTENT");
        }
    }
}
