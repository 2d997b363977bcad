package dev.dowel.authtoken;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.DispatcherType;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Error writer, preflights, failure limiter, length by verifier, forged identities. */
@Tag("container")
abstract class FilterOptionsContract {

    private static final TokenVerifier GOOD_ONLY = token -> token.value().equals("good")
            ? new Verification.Accepted(new ServicePrincipal("billing", Set.of(), Map.of()))
            : new Verification.Rejected(RefusalReason.WRONG_SECRET, Optional.of("billing"), Optional.empty());
    private static final String GOOD = "Authorization: Bearer good";
    private static final String BAD = "Authorization: Bearer bad";

    abstract ServletServer newServer() throws Exception;

    private ServletServer started(BearerTokenFilter.Builder filter) throws Exception {
        return newServer()
                .filter(filter.build(), DispatcherType.REQUEST)
                .servlet(
                        "/*",
                        (request, response) -> response.getWriter()
                                .print("CONTENT " + request.getRemoteUser() + " " + request.getUserPrincipal() + " "
                                        + request.getAuthType() + " " + request.isUserInRole("admin")))
                .start();
    }

    private static BearerTokenFilter.Builder filter() {
        return BearerTokenFilter.builder(GOOD_ONLY);
    }

    @Test
    void refusals_may_be_problem_details() throws Exception {
        try (ServletServer server =
                started(filter().requireScope("x", "/scoped").errorWriter(ErrorWriter.problem()))) {
            ServletServer.Answer missing = server.get("/");
            assertThat(missing.status()).isEqualTo(401);
            assertThat(missing.header("Content-Type")).isEqualTo("application/problem+json");
            assertThat(missing.header("WWW-Authenticate")).isEqualTo("Bearer realm=\"service\"");
            assertThat(missing.header("Cache-Control")).isEqualTo("no-store");
            assertThat(missing.body())
                    .isEqualTo("{\"type\": \"about:blank\", \"title\": \"Unauthorized\", \"status\": 401, \"detail\":"
                            + " \"Missing authentication header\"}");
            assertThat(server.get("/scoped", GOOD).body()).contains("\"Forbidden\", \"status\": 403");
            assertThat(server.get("/", GOOD, GOOD).body()).contains("\"Bad Request\", \"status\": 400");
        }
    }

    @Test
    void a_writer_of_your_own_cannot_change_the_verdict() throws Exception {
        ErrorWriter writer = (request, response, status, detail) -> {
            response.setStatus(200);
            response.setContentType("text/plain");
            response.getOutputStream().print(status + " " + detail);
        };
        try (ServletServer server = started(filter().errorWriter(writer))) {
            ServletServer.Answer answer = server.get("/", BAD);
            assertThat(answer.status()).isEqualTo(401);
            assertThat(answer.body()).isEqualTo("401 Invalid authentication header");
        }
    }

    @Test
    void a_writer_that_throws_leaves_the_default_answer() throws Exception {
        ErrorWriter writer = (request, response, status, detail) -> {
            response.getOutputStream().print("half an ans");
            throw new IllegalStateException("a writer that fails");
        };
        try (ServletServer server = started(filter().errorWriter(writer))) {
            ServletServer.Answer answer = server.get("/", BAD);
            assertThat(answer.status()).isEqualTo(401);
            assertThat(answer.body()).isEqualTo("{\"detail\": \"Invalid authentication header\"}");
        }
    }

    @Test
    void a_preflight_passes_as_nobody_only_when_the_option_is_on() throws Exception {
        String[] preflight = {"Origin: https://x", "Access-Control-Request-Method: PUT", GOOD};
        try (ServletServer server = started(filter().preflights(true))) {
            assertThat(server.send("OPTIONS", "/x", preflight).body()).isEqualTo("CONTENT null null null false");
            assertThat(server.send("OPTIONS", "/x").status()).isEqualTo(401);
            assertThat(server.send("OPTIONS", "/x", "Origin: https://x").status())
                    .isEqualTo(401);
            assertThat(server.send("OPTIONS", "/x", "Access-Control-Request-Method: PUT")
                            .status())
                    .isEqualTo(401);
            assertThat(server.send("GET", "/x", "Origin: https://x", "Access-Control-Request-Method: PUT")
                            .status())
                    .isEqualTo(401);
        }
        try (ServletServer server = started(filter())) {
            assertThat(server.send("OPTIONS", "/x", "Origin: https://x", "Access-Control-Request-Method: PUT")
                            .status())
                    .isEqualTo(401);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/x;y", "//x", "/x/../y", "/x%3by", "/x%2fy", "/x%5cy", "/\u00e9"})
    void a_preflight_on_a_path_that_is_not_canonical_is_refused(String path) throws Exception {
        try (ServletServer server = started(filter().preflights(true))) {
            ServletServer.Answer answer =
                    server.send("OPTIONS", path, "Origin: https://x", "Access-Control-Request-Method: PUT");
            assertThat(answer.status()).isIn(400, 401, 404);
            assertThat(answer.body()).doesNotContain("CONTENT");
        }
    }

    @Test
    void a_failure_limiter_hears_of_wrong_tokens_and_holds_an_address_back_before_they_are_looked_at()
            throws Exception {
        Queue<String> failures = new ConcurrentLinkedQueue<>();
        FailureLimiter limiter = new FailureLimiter() {
            @Override
            public Duration waitFor(String remoteAddress) {
                return failures.size() < 2 ? Duration.ZERO : Duration.ofMillis(1_500);
            }

            @Override
            public void failed(String remoteAddress, Optional<String> client) {
                failures.add(remoteAddress + " " + client.orElse("-"));
            }
        };
        Queue<AuthenticationEvent> heard = new ConcurrentLinkedQueue<>();
        AuthenticationListener listener = new AuthenticationListener() {
            @Override
            public void onFailure(AuthenticationEvent event) {
                heard.add(event);
            }
        };
        try (ServletServer server = started(filter().failureLimiter(limiter)
                .listener(listener)
                .authentication(Authentication.OPTIONAL_LENIENT, "/lenient")
                .authentication(Authentication.NONE, "/open"))) {
            assertThat(server.get("/").status()).isEqualTo(401);
            assertThat(server.get("/", GOOD).status()).isEqualTo(200);
            assertThat(failures).isEmpty();
            assertThat(server.get("/", BAD).status()).isEqualTo(401);
            assertThat(server.get("/", "Authorization: Basic x").status()).isEqualTo(401);
            assertThat(failures).containsExactly("127.0.0.1 billing", "127.0.0.1 -");
            for (String path : List.of("/", "/lenient")) {
                for (String header : List.of(GOOD, BAD)) {
                    ServletServer.Answer answer = server.get(path, header);
                    assertThat(answer.status()).isEqualTo(429);
                    assertThat(answer.header("Retry-After")).isEqualTo("2");
                    assertThat(answer.header("WWW-Authenticate")).isEmpty();
                    assertThat(answer.body()).isEqualTo("{\"detail\": \"Too many failed calls\"}");
                }
            }
            assertThat(failures).hasSize(2);
            assertThat(heard)
                    .last()
                    .satisfies(event -> assertThat(event.reason()).contains(RefusalReason.TOO_MANY_FAILURES));
            assertThat(server.get("/open", BAD).status()).isEqualTo(200);
            assertThat(server.get("/").status()).isEqualTo(401);
        }
    }

    @Test
    void a_failure_limiter_that_throws_changes_nothing() throws Exception {
        FailureLimiter limiter = new FailureLimiter() {
            @Override
            public Duration waitFor(String remoteAddress) {
                throw new IllegalStateException("a limiter that fails");
            }

            @Override
            public void failed(String remoteAddress, Optional<String> client) {
                throw new IllegalStateException("a limiter that fails");
            }
        };
        try (ServletServer server = started(filter().failureLimiter(limiter))) {
            assertThat(server.get("/", GOOD).status()).isEqualTo(200);
            assertThat(server.get("/", BAD).status()).isEqualTo(401);
        }
    }

    @Test
    void a_failure_limiter_that_gives_no_wait_changes_nothing() throws Exception {
        FailureLimiter limiter = new FailureLimiter() {
            @Override
            public Duration waitFor(String remoteAddress) {
                return null;
            }

            @Override
            public void failed(String remoteAddress, Optional<String> client) {}
        };
        try (ServletServer server = started(filter().failureLimiter(limiter))) {
            assertThat(server.get("/", GOOD).status()).isEqualTo(200);
            assertThat(server.get("/", BAD).status()).isEqualTo(401);
        }
    }

    @ParameterizedTest
    @CsvSource({"8192,200", "8193,401"})
    void the_verifier_says_how_long_a_token_may_be(int length, int status) throws Exception {
        TokenVerifier verifier = new TokenVerifier() {
            @Override
            public Verification verify(BearerToken token) {
                return new Verification.Accepted(new ServicePrincipal("billing", Set.of(), Map.of()));
            }

            @Override
            public int maxTokenLength() {
                return 8_192;
            }
        };
        try (ServletServer server = started(BearerTokenFilter.builder(verifier))) {
            String token = "a".repeat(length - "Bearer ".length());
            assertThat(server.get("/", "Authorization: Bearer " + token).status())
                    .isEqualTo(status);
        }
    }

    @Test
    void what_inbound_headers_say_of_the_caller_counts_nothing() throws Exception {
        String[] forged = {
            "Remote-User: admin",
            "X-Remote-User: admin",
            "X-Forwarded-User: admin",
            "X-Client: admin",
            "X-Dowel-Client: admin",
            "Auth-Type: Bearer",
            "Cookie: JSESSIONID=admin"
        };
        try (ServletServer server = started(filter().authentication(Authentication.NONE, "/open"))) {
            assertThat(server.get("/open", forged).body()).isEqualTo("CONTENT null null null false");
            assertThat(server.get("/x", forged).status()).isEqualTo(401);
            String[] authenticated =
                    List.of(GOOD, forged[0], forged[1], forged[2], forged[6]).toArray(String[]::new);
            assertThat(server.get("/x", authenticated).body())
                    .isEqualTo("CONTENT billing ServicePrincipal[name=billing, scopes=[]] Bearer false");
        }
    }
}
