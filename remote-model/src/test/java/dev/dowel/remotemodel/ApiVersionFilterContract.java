package dev.dowel.remotemodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.security.Principal;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the filter does in every servlet container. */
@Tag("container")
abstract class ApiVersionFilterContract {

    private static final Instant NOW = Instant.parse("2026-03-04T05:06:07Z");
    private static final Instant DEPRECATED = Instant.parse("2026-01-01T00:00:00.9Z");
    private static final Instant SUNSET = Instant.parse("2027-01-02T03:04:05Z");
    private static final String DEPRECATION_LINK = "<https://example.org/v2?a=b>; rel=\"deprecation\"";
    private static final String SUNSET_LINK = "<https://example.org/v2?a=b>; rel=\"sunset\"";

    private final List<String> served = Collections.synchronizedList(new ArrayList<>());
    private final List<String> heard = Collections.synchronizedList(new ArrayList<>());
    private ServletServer server;
    private ApiVersionFilter filter;

    abstract ServletServer server() throws Exception;

    @BeforeEach
    void prepare() throws Exception {
        server = server();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static ApiVersionFilter.Builder options() {
        return ApiVersionFilter.builder()
                .deprecated("v1", DEPRECATED)
                .sunset("v1", SUNSET)
                .documentation("v1", URI.create("https://example.org/v2?a=b"))
                .client(request -> request.getHeader("X-Client"))
                .clock(Clock.fixed(NOW, ZoneOffset.UTC));
    }

    private void start(ApiVersionFilter.Builder options) throws Exception {
        filter = options.build();
        start(filter);
    }

    private void start(Filter... filters) throws Exception {
        for (Filter each : filters) {
            server.filter(each);
        }
        server.servlet(this::handle)
                .errorPage(404, "/page")
                .errorPage(500, "/page")
                .start();
    }

    private static void expectNotice(ServletServer.Answer answer) {
        assertThat(answer.headers("Deprecation")).containsExactly("@1767225600");
        assertThat(answer.headers("Sunset")).containsExactly("Sat, 02 Jan 2027 03:04:05 GMT");
        assertThat(answer.headers("Link")).containsExactlyInAnyOrder(DEPRECATION_LINK, SUNSET_LINK);
    }

    private static void expectNoNotice(ServletServer.Answer answer) {
        assertThat(answer.headers("Deprecation")).isEmpty();
        assertThat(answer.headers("Sunset")).isEmpty();
        assertThat(answer.headers("Link")).isEmpty();
    }

    @Test
    void only_the_answers_of_a_deprecated_version_say_so() throws Exception {
        start(options());

        expectNotice(server.get("/api/v1/books"));
        expectNoNotice(server.get("/api/v2/books"));
        expectNoNotice(server.get("/health"));
    }

    @Test
    void calls_are_counted_for_each_client_and_version() throws Exception {
        start(options());
        server.get("/api/v1/books", "X-Client: ann");
        server.get("/api/v1", "X-Client: ann");
        server.get("/api/v1/books", "X-Client: bob");
        server.get("/api/v2/books", "X-Client: bob");
        server.get("/api/v2/books");

        assertThat(filter.calls())
                .containsExactly(
                        new ApiVersionFilter.Calls("v1", "ann", 2, NOW),
                        new ApiVersionFilter.Calls("v1", "bob", 1, NOW),
                        new ApiVersionFilter.Calls("v2", "anonymous", 1, NOW),
                        new ApiVersionFilter.Calls("v2", "bob", 1, NOW));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"forward", "async", "async-complete", "fail", "send-error", "include", "reset", "committed"})
    void every_way_to_answer_has_the_headers_once_and_counts_once(String way) throws Exception {
        start(options());
        ServletServer.Answer answer = server.get("/api/v1/" + way, "X-Client: ann");

        expectNotice(answer);
        assertThat(filter.calls()).containsExactly(new ApiVersionFilter.Calls("v1", "ann", 1, NOW));
    }

    @ParameterizedTest
    @ValueSource(strings = {"fail", "send-error"})
    void the_containers_own_error_page_has_the_headers_too(String way) throws Exception {
        filter = options().build();
        server.filter(filter, DispatcherType.REQUEST).servlet(this::handle).start();

        expectNotice(server.get("/api/v1/" + way));
    }

    @Test
    void a_call_that_is_forwarded_to_a_newer_version_was_one_of_the_old_one() throws Exception {
        start(options());

        expectNotice(server.get("/api/v1/forward"));
        expectNotice(server.get("/old"));
        assertThat(filter.calls())
                .extracting(ApiVersionFilter.Calls::version, ApiVersionFilter.Calls::count)
                .containsExactly(tuple("v1", 2L));
    }

    @Test
    void an_error_page_under_the_path_of_a_version_is_no_call_of_it() throws Exception {
        filter = options().build();
        server.filter(filter)
                .servlet(this::handle)
                .errorPage(404, "/api/v1/page")
                .start();

        expectNoNotice(server.get("/send-error"));
        assertThat(filter.calls()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"set", "add"})
    void what_the_application_says_itself_stays(String way) throws Exception {
        start(options());
        ServletServer.Answer answer = server.get("/api/v1/own-" + way);

        assertThat(answer.headers("Deprecation")).containsExactly("@1");
        assertThat(answer.headers("Sunset")).containsExactly("Thu, 01 Jan 1970 00:00:00 GMT");
        assertThat(answer.headers("Link")).contains("</next>; rel=\"next\"", DEPRECATION_LINK);
    }

    @Test
    void what_a_filter_in_front_says_stays() throws Exception {
        filter = options().build();
        start(
                (request, response, chain) -> {
                    ((HttpServletResponse) response).setHeader("Deprecation", "@1");
                    chain.doFilter(request, response);
                },
                filter);

        assertThat(server.get("/api/v1/books").headers("Deprecation")).containsExactly("@1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/v1;jsessionid=1/books",
                "/api;x=y/v1/books;z",
                "/%61pi/v1/books",
                "/api/%761/books",
                "/api/v%31",
                "/./api/v1/books",
                "/x/../api/v1/books",
                "/x/%2e%2e/api/v1/books",
                "/api/v2/../v1/books",
                "/api/v1/?x=/api/v2",
                "//api/v1/books",
                "/api//v1/books",
                "/api/v1//books",
                "/api/v1/a%2Fb",
                "/api/v1/a%5Cb",
                "http://localhost/api/v1/books"
            })
    void no_spelling_of_a_path_reaches_the_application_uncounted(String target) throws Exception {
        start(options());
        ServletServer.Answer answer = server.get(target);

        if (answer.status() == 400) {
            assertThat(served).isEmpty();
        } else {
            expectNotice(answer);
            assertThat(filter.calls())
                    .extracting(ApiVersionFilter.Calls::version, ApiVersionFilter.Calls::count)
                    .containsExactly(tuple("v1", 1L));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api",
                "/api/",
                "/apiv1/books",
                "/API/v1/books",
                "/x/api/v1/books",
                "/api/V1/books",
                "/api/v/books",
                "/api/v1x/books",
                "/api/v1%3Bx/books",
                "/api/v1234/books",
                "/api/v-1/books",
                "/api/v%D9%A1/books",
                "/api/books/v1",
                "/api/v2/../../v1"
            })
    void what_is_no_version_is_not_counted(String target) throws Exception {
        start(options());

        expectNoNotice(server.get(target));
        assertThat(filter.calls()).isEmpty();
    }

    @Test
    void a_version_that_is_declared_may_have_any_name_and_the_prefix_too() throws Exception {
        start(options().prefix("").deprecated("2019-10", DEPRECATED));

        assertThat(server.get("/2019-10/books").headers("Deprecation")).hasSize(1);
        server.get("/2020-10/books");
        server.get("/v3/books");
        assertThat(filter.calls()).extracting(ApiVersionFilter.Calls::version).containsExactly("2019-10", "v3");
    }

    @Test
    void neither_clients_nor_versions_that_callers_make_up_fill_the_memory() throws Exception {
        start(options().maxClients(3).onCall((version, client) -> heard.add(client)));
        for (int i = 0; i < 10; i++) {
            server.get("/api/v1/books", "X-Client: c" + i);
            server.get("/api/v" + (900 + i) + "/books", "X-Client: c" + i);
        }
        server.get("/api/v1/books", "X-Client: c1");

        assertThat(filter.calls())
                .filteredOn(calls -> calls.version().equals("v1"))
                .extracting(ApiVersionFilter.Calls::client, ApiVersionFilter.Calls::count)
                .containsExactly(tuple("other", 7L), tuple("c1", 2L), tuple("c0", 1L), tuple("c2", 1L));
        assertThat(filter.calls())
                .filteredOn(calls -> calls.version().startsWith("v9"))
                .hasSize(10)
                .filteredOn(calls -> !calls.client().equals("other"))
                .hasSize(3);
        assertThat(heard).containsOnly("c0", "c1", "c2", "other");
    }

    @Test
    void the_name_of_a_client_is_made_safe() throws Exception {
        start(options().client(request -> switch (request.getRequestURI()) {
            case "/api/v1/break" -> "a\r\nb\tc\u0000d\u202ee\u2028f";
            case "/api/v1/long" -> "x".repeat(10_000);
            case "/api/v1/blank" -> "  ";
            case "/api/v1/fail" -> throw new IllegalStateException("expected by the test");
            default -> "\ud83d\ude00 jürgen \ud83d";
        }));
        for (String path : List.of("break", "long", "blank", "fail", "books")) {
            server.get("/api/v1/" + path);
        }

        assertThat(filter.calls())
                .extracting(ApiVersionFilter.Calls::client)
                .containsExactlyInAnyOrder(
                        "a??b?c?d?e?f", "x".repeat(100), "anonymous", "other", "\ud83d\ude00 jürgen ?");
    }

    @Test
    void the_client_is_the_principal_that_authentication_in_front_has_found() throws Exception {
        ApiVersionFilter tooEarly =
                options().client(ApiVersionFilterContract::principalName).build();
        filter = ApiVersionFilter.builder().deprecated("v1", DEPRECATED).build();
        start(tooEarly, new Authentication(), filter);
        server.get("/api/v1/books", "X-Client: ann");
        server.get("/api/v1/refused");

        assertThat(filter.calls())
                .extracting(ApiVersionFilter.Calls::client, ApiVersionFilter.Calls::count)
                .containsExactly(tuple("ann", 1L));
        assertThat(tooEarly.calls())
                .extracting(ApiVersionFilter.Calls::client, ApiVersionFilter.Calls::count)
                .containsExactly(tuple("anonymous", 2L));
    }

    @Test
    void a_listener_that_fails_does_not_fail_the_call() throws Exception {
        start(options().onCall((version, client) -> {
            heard.add(version + " " + client);
            throw new IllegalStateException("expected by the test");
        }));

        assertThat(server.get("/api/v1/books", "X-Client: ann").status()).isEqualTo(200);
        assertThat(server.get("/api/v1/forward", "X-Client: bob").status()).isEqualTo(200);
        assertThat(heard).containsExactly("v1 ann", "v1 bob");
    }

    @Test
    void a_version_may_be_gone_from_its_sunset_on_and_is_counted_still() throws Exception {
        Instant[] now = {SUNSET.minusNanos(1)};
        start(options().gone("v1").clock(new Clock() {
            @Override
            public Instant instant() {
                return now[0];
            }

            @Override
            public Clock withZone(java.time.ZoneId zone) {
                return this;
            }

            @Override
            public java.time.ZoneId getZone() {
                return ZoneOffset.UTC;
            }
        }));
        assertThat(server.get("/api/v1/books", "X-Client: ann").status()).isEqualTo(200);
        now[0] = SUNSET;
        ServletServer.Answer answer = server.get("/api/v1/books", "X-Client: ann");

        assertThat(answer.status()).isEqualTo(410);
        assertThat(answer.headers("Content-Type")).singleElement().asString().startsWith("application/problem+json");
        assertThat(answer.body()).contains("\"status\":410");
        expectNotice(answer);
        assertThat(filter.calls()).containsExactly(new ApiVersionFilter.Calls("v1", "ann", 2, SUNSET));
        assertThat(server.get("/api/v2/books").status()).isEqualTo(200);
    }

    @Test
    void two_filters_in_one_chain_count_each_once() throws Exception {
        filter = options().build();
        ApiVersionFilter other = options().build();
        start(filter, other);

        expectNotice(server.get("/api/v1/forward", "X-Client: ann"));
        assertThat(filter.calls()).isEqualTo(other.calls()).hasSize(1);
    }

    @Test
    void calls_at_the_same_time_are_all_counted() throws Exception {
        start(options().maxClients(2));
        ExecutorService callers = Executors.newFixedThreadPool(8);
        List<Future<?>> calls = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            int client = i % 4;
            calls.add(callers.submit(() -> server.get("/api/v1/books", "X-Client: c" + client)));
        }
        for (Future<?> call : calls) {
            call.get(20, TimeUnit.SECONDS);
        }
        callers.shutdown();

        assertThat(filter.calls()).extracting(ApiVersionFilter.Calls::count).containsExactly(100L, 50L, 50L);
    }

    private static String principalName(HttpServletRequest request) {
        Principal principal = request.getUserPrincipal();
        return principal == null ? null : principal.getName();
    }

    private void handle(HttpServletRequest request, HttpServletResponse response) throws IOException, ServletException {
        served.add(request.getRequestURI());
        boolean again = request.getDispatcherType() == DispatcherType.ASYNC;
        switch (request.getRequestURI()) {
            case "/api/v1/forward" ->
                request.getRequestDispatcher("/api/v2/books").forward(request, response);
            case "/old" -> request.getRequestDispatcher("/api/v1/books").forward(request, response);
            case "/api/v1/include" -> {
                // An included servlet sees the path of the including one.
                if (request.getDispatcherType() == DispatcherType.INCLUDE) {
                    response.getWriter().write("included");
                } else {
                    request.getRequestDispatcher("/api/v2/books").include(request, response);
                }
            }
            case "/api/v1/async" -> {
                if (again) {
                    response.getWriter().write("later");
                } else {
                    request.startAsync().dispatch();
                }
            }
            case "/api/v1/async-complete" -> request.startAsync().complete();
            case "/api/v1/fail" -> throw new IllegalStateException("expected by the test");
            case "/api/v1/send-error", "/send-error" -> response.sendError(404);
            case "/page" -> {
                int status = response.getStatus();
                response.reset();
                response.setStatus(status);
                response.getWriter().write("page");
            }
            case "/api/v1/reset" -> {
                response.reset();
                response.getWriter().write("reset");
            }
            case "/api/v1/committed" -> {
                response.getWriter().write("early");
                response.flushBuffer();
            }
            case "/api/v1/own-set" -> {
                response.setHeader("deprecation", "@1");
                response.setDateHeader("Sunset", 0);
                response.addHeader("Link", "</next>; rel=\"next\"");
            }
            case "/api/v1/own-add" -> {
                response.addHeader("deprecation", "@1");
                response.addDateHeader("Sunset", 0);
                response.addHeader("Link", "</next>; rel=\"next\"");
            }
            default -> response.getWriter().write("ok");
        }
    }

    /** Knows callers by a header, and refuses those without, by handing the chain another request. */
    private static final class Authentication implements Filter {
        @Override
        public void doFilter(
                jakarta.servlet.ServletRequest request,
                jakarta.servlet.ServletResponse response,
                jakarta.servlet.FilterChain chain)
                throws IOException, ServletException {
            HttpServletRequest call = (HttpServletRequest) request;
            String name = call.getHeader("X-Client");
            if (name == null) {
                ((HttpServletResponse) response).setStatus(401);
                return;
            }
            chain.doFilter(
                    new HttpServletRequestWrapper(call) {
                        @Override
                        public Principal getUserPrincipal() {
                            return () -> name;
                        }
                    },
                    response);
        }
    }
}
