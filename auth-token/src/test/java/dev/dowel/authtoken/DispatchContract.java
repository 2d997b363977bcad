package dev.dowel.authtoken;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Forwards, asynchronous dispatches and error pages. */
@Tag("container")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class DispatchContract {

    private static final String GOOD = "Authorization: Bearer good";
    private static final AtomicInteger VERIFIED = new AtomicInteger();
    private static final AtomicInteger HEARD = new AtomicInteger();
    private ServletServer server;

    abstract ServletServer newServer() throws Exception;

    @BeforeAll
    void start() throws Exception {
        TokenVerifier verifier = token -> {
            VERIFIED.incrementAndGet();
            return token.value().equals("good")
                    ? new Verification.Accepted(new ServicePrincipal("billing", Set.of("read"), Map.of()))
                    : new Verification.Rejected(RefusalReason.WRONG_SECRET);
        };
        DispatcherType[] all = {
            DispatcherType.REQUEST,
            DispatcherType.ASYNC,
            DispatcherType.FORWARD,
            DispatcherType.ERROR,
            DispatcherType.INCLUDE
        };
        server = newServer()
                .filter(filter(verifier), all)
                .servlet(
                        "/closed/*", (request, response) -> response.getWriter().print(seen(request)))
                .servlet("/admin", (request, response) -> response.getWriter().print("ADMIN"))
                .servlet(
                        "/open/page",
                        (request, response) -> response.getWriter().print("open " + seen(request)))
                .servlet(
                        "/open/forward",
                        (request, response) -> request.getRequestDispatcher(request.getParameter("to"))
                                .forward(request, response))
                .servlet("/open/writer", (request, response) -> {
                    response.getWriter().print("lost");
                    request.getRequestDispatcher("/closed/x").forward(request, response);
                })
                .servlet(
                        "/open/include",
                        (request, response) ->
                                request.getRequestDispatcher("/closed/x").include(request, response))
                .servlet(
                        "/open/async",
                        (request, response) -> request.startAsync().dispatch(request.getParameter("to")))
                .servlet(
                        "/forward",
                        (request, response) -> request.getRequestDispatcher(request.getParameter("to"))
                                .forward(request, response))
                .servlet("/async", (request, response) -> {
                    if (request.getDispatcherType() == DispatcherType.ASYNC) {
                        response.getWriter().print("async " + seen(request));
                        return;
                    }
                    AsyncContext async = request.startAsync();
                    async.start(async::dispatch);
                })
                .servlet("/open/fails", (request, response) -> response.sendError(500))
                .servlet("/fails", (request, response) -> response.sendError(500))
                .servlet("/error", (request, response) -> response.getWriter().print("error " + seen(request)))
                .errorPage("/error")
                .start();
    }

    private static BearerTokenFilter filter(TokenVerifier verifier) {
        return BearerTokenFilter.builder(verifier)
                .authentication(Authentication.NONE, "/open/*")
                .authentication(Authentication.OPTIONAL_LENIENT, "/forward")
                .requireScope("admin", "/admin")
                .listener(new AuthenticationListener() {
                    @Override
                    public void onSuccess(AuthenticationEvent event) {
                        HEARD.incrementAndGet();
                    }
                })
                .build();
    }

    private static String seen(HttpServletRequest request) {
        return request.getRemoteUser() + " " + request.isUserInRole("read") + " " + request.getAuthType();
    }

    @AfterAll
    void stop() throws Exception {
        server.close();
    }

    @BeforeEach
    void forget_counts() {
        VERIFIED.set(0);
        HEARD.set(0);
    }

    @Test
    void an_open_path_cannot_forward_to_a_closed_one_unseen() throws Exception {
        assertThat(server.get("/open/forward?to=/closed/x").status()).isEqualTo(401);
        assertThat(server.get("/open/forward?to=/closed/x").body())
                .isEqualTo("{\"detail\": \"Missing authentication header\"}");
        assertThat(server.get("/open/forward?to=/open/page").body()).isEqualTo("open null false null");
        assertThat(server.get("/open/forward?to=/closed/x", GOOD).body()).isEqualTo("billing true Bearer");
        assertThat(VERIFIED).hasValue(1);
    }

    @Test
    void a_refusal_replaces_what_the_forwarding_servlet_had_written() throws Exception {
        ServletServer.Answer answer = server.get("/open/writer");
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.body()).isEqualTo("{\"detail\": \"Missing authentication header\"}");
    }

    @Test
    void a_closed_page_cannot_be_included_unseen() throws Exception {
        assertThat(server.get("/open/include").body()).isEqualTo("{\"detail\": \"Missing authentication header\"}");
        assertThat(server.get("/open/include", GOOD).body()).isEqualTo("billing true Bearer");
    }

    @Test
    void a_request_is_verified_and_told_once_whatever_it_is_forwarded_to() throws Exception {
        assertThat(server.get("/forward?to=/closed/x", GOOD).body()).isEqualTo("billing true Bearer");
        assertThat(VERIFIED).hasValue(1);
        assertThat(HEARD).hasValue(1);
    }

    @Test
    void a_token_found_wrong_stays_wrong_without_a_second_look() throws Exception {
        assertThat(server.get("/forward?to=/closed/x", "Authorization: Bearer bad")
                        .status())
                .isEqualTo(401);
        assertThat(VERIFIED).hasValue(1);
    }

    @Test
    void scopes_are_checked_again_for_the_path_forwarded_to() throws Exception {
        assertThat(server.get("/forward?to=/admin", GOOD).status()).isEqualTo(403);
        assertThat(server.get("/open/async?to=/admin", GOOD).status()).isEqualTo(403);
    }

    @Test
    void the_principal_survives_an_async_dispatch_without_a_second_look() throws Exception {
        assertThat(server.get("/async", GOOD).body()).isEqualTo("async billing true Bearer");
        assertThat(VERIFIED).hasValue(1);
        assertThat(HEARD).hasValue(1);
        assertThat(server.get("/async").status()).isEqualTo(401);
    }

    @Test
    void an_open_path_cannot_dispatch_to_a_closed_one_unseen() throws Exception {
        assertThat(server.get("/open/async?to=/closed/x").status()).isEqualTo(401);
        assertThat(server.get("/open/async?to=/closed/x", GOOD).body()).isEqualTo("billing true Bearer");
    }

    @Test
    void an_error_page_knows_the_caller_and_is_not_refused() throws Exception {
        assertThat(server.get("/fails", GOOD).body()).isEqualTo("error billing true Bearer");
        assertThat(VERIFIED).hasValue(1);
        ServletServer.Answer open = server.get("/open/fails");
        assertThat(open.status()).isEqualTo(500);
        assertThat(open.body()).isEqualTo("error null false null");
        assertThat(server.get("/error").status()).isEqualTo(401);
    }

    @Test
    void nothing_is_known_of_a_fresh_request() throws Exception {
        server.get("/closed/x", GOOD);
        assertThat(server.get("/closed/x").status()).isEqualTo(401);
    }

    @Test
    void a_marker_of_another_filter_does_not_count() throws Exception {
        TokenVerifier everybody = token -> new Verification.Accepted(new ServicePrincipal("other", Set.of(), Map.of()));
        TokenVerifier nobody = token -> new Verification.Rejected(RefusalReason.OTHER);
        BearerTokenFilter first = BearerTokenFilter.builder(everybody).build();
        BearerTokenFilter second = BearerTokenFilter.builder(nobody).build();
        try (ServletServer two = newServer()
                .filter(first, DispatcherType.REQUEST)
                .filter(
                        (request, response, chain) -> {
                            // The worst a neighbour in the same process can do: it knows the second filter's own name.
                            String name = Collections.list(request.getAttributeNames()).stream()
                                    .filter(attribute -> attribute.contains("BearerTokenFilter"))
                                    .findFirst()
                                    .orElseThrow();
                            request.setAttribute(attributeName(second), request.getAttribute(name));
                            chain.doFilter(request, response);
                        },
                        DispatcherType.REQUEST)
                .filter(second, DispatcherType.REQUEST)
                .servlet("/*", (request, response) -> response.getWriter().print("CONTENT"))
                .start()) {
            assertThat(two.get("/x", GOOD).status()).isEqualTo(401);
        }
    }

    private static String attributeName(BearerTokenFilter filter) {
        try {
            var authenticator = BearerTokenFilter.class.getDeclaredField("authenticator");
            authenticator.setAccessible(true);
            var attribute = Authenticator.class.getDeclaredField("attribute");
            attribute.setAccessible(true);
            return (String) attribute.get(authenticator.get(filter));
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("the field of the attribute's name has another name now", e);
        }
    }
}
