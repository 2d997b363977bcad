package dev.dowel.authtoken;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.dowel.authtoken.ServletServer.Answer;
import jakarta.servlet.DispatcherType;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The answers over the wire. */
@Tag("container")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class BearerTokenFilterContract {

    private static final String INVALID = "{\"detail\": \"Invalid authentication header\"}";
    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
    private static final GeneratedToken BILLING = TokenGenerator.generate("billing", "dwl");
    private static final GeneratedToken LATE = TokenGenerator.generate("late", "dwl");
    private static final GeneratedToken EARLY = TokenGenerator.generate("early", "dwl");
    private static final GeneratedToken OFF = TokenGenerator.generate("off", "dwl");
    private static final AtomicInteger VERIFIED = new AtomicInteger();
    private static final Queue<AuthenticationEvent> SUCCESSES = new ConcurrentLinkedQueue<>();
    private static final Queue<AuthenticationEvent> FAILURES = new ConcurrentLinkedQueue<>();
    private ServletServer server;

    abstract ServletServer newServer() throws Exception;

    /** Whether the container puts a space in the place of a tab within a value, so that nobody could tell. */
    boolean readsTabsAsSpaces() {
        return false;
    }

    @BeforeAll
    void start() throws Exception {
        ClientTokenVerifier clients = ClientTokenVerifier.of(
                ClientRegistry.parse(BILLING.configurationLine() + " scopes=orders:read label=2026-11\n"
                        + LATE.configurationLine() + " expires=2026-11-21T12:00:00Z\n"
                        + EARLY.configurationLine() + " not-before=2026-11-21T12:00:01Z\n"
                        + OFF.configurationLine() + " disabled=true\n"),
                Clock.fixed(NOW, ZoneOffset.UTC));
        TokenVerifier verifier = token -> {
            VERIFIED.incrementAndGet();
            return switch (token.value()) {
                case "outage" -> new Verification.Unavailable(Duration.ofMillis(2_001));
                case "throws" -> throw new IllegalStateException(token.value());
                case "null" -> null;
                case "odd" -> new Verification.Rejected(RefusalReason.UNAVAILABLE);
                default -> clients.verify(token);
            };
        };
        BearerTokenFilter filter = BearerTokenFilter.builder(verifier)
                .realm("orders")
                .authentication(Authentication.NONE, "/health")
                .authentication(Authentication.OPTIONAL_STRICT, "/strict")
                .authentication(Authentication.OPTIONAL_LENIENT, "/lenient")
                .requireScope("orders:read", "/orders/*")
                .requireScope("orders:admin", "/orders/admin/*")
                .listener(new AuthenticationListener() {
                    @Override
                    public void onSuccess(AuthenticationEvent event) {
                        SUCCESSES.add(event);
                    }

                    @Override
                    public void onFailure(AuthenticationEvent event) {
                        FAILURES.add(event);
                        throw new IllegalStateException("a listener that fails");
                    }
                })
                .build();
        server = newServer()
                .filter(filter, DispatcherType.REQUEST)
                .servlet(
                        "/*",
                        (request, response) -> response.getWriter()
                                .print("user=" + request.getRemoteUser() + " principal=" + request.getUserPrincipal()
                                        + " type="
                                        + request.getAuthType() + " read=" + request.isUserInRole("orders:read")
                                        + " admin="
                                        + request.isUserInRole("orders:admin") + " session="
                                        + (request.getSession(false) != null)))
                .start();
    }

    @AfterAll
    void stop() throws Exception {
        server.close();
    }

    @Test
    void a_known_client_passes_and_the_service_sees_who_it_is() throws Exception {
        Answer answer = server.get("/x", "Authorization: Bearer " + BILLING.token());
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body())
                .isEqualTo("user=billing principal=ServicePrincipal[name=billing, scopes=[orders:read]] type=Bearer"
                        + " read=true admin=false session=false");
        assertThat(answer.header("WWW-Authenticate")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"bearer ", "BEARER ", "bEaReR ", "Bearer  ", "Bearer        "})
    void the_scheme_may_be_in_any_case_and_followed_by_any_number_of_spaces(String scheme) throws Exception {
        assertThat(server.get("/x", "Authorization: " + scheme + BILLING.token())
                        .status())
                .isEqualTo(200);
        assertThat(server.get("/x", "Authorization:" + scheme + BILLING.token()).status())
                .isEqualTo(200);
    }

    @Test
    void no_header_is_401_with_a_challenge_and_no_error_code() throws Exception {
        Answer answer = server.get("/x");
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.headers())
                .containsExactlyInAnyOrder(
                        "WWW-Authenticate: Bearer realm=\"orders\"",
                        "Cache-Control: no-store",
                        "Content-Type: application/json",
                        "Content-Length: 43",
                        "Connection: close");
        assertThat(answer.body()).isEqualTo("{\"detail\": \"Missing authentication header\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Basic x", "Token x", "", "Bearerx abc"})
    void another_scheme_is_401_without_an_error_code(String value) throws Exception {
        Answer answer = server.get("/x", "Authorization: " + value);
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.header("WWW-Authenticate")).isEqualTo("Bearer realm=\"orders\"");
        assertThat(answer.body()).isEqualTo(INVALID);
    }

    @Test
    void every_unusable_token_gets_the_same_bytes() throws Exception {
        Answer malformed = server.get("/x", "Authorization: Bearer");
        assertThat(malformed.status()).isEqualTo(401);
        assertThat(malformed.header("WWW-Authenticate")).isEqualTo("Bearer realm=\"orders\", error=\"invalid_token\"");
        assertThat(malformed.body()).isEqualTo(INVALID);
        assertThat(malformed.header("Content-Length")).isEqualTo(Integer.toString(INVALID.length()));
        for (String token : List.of(
                encoded("nobody:secret"),
                encoded("billing:wrong"),
                LATE.token(),
                EARLY.token(),
                OFF.token(),
                encoded("billing"),
                encoded("Billing:" + BILLING.secret()),
                "a",
                "odd",
                "\u00e9\u00ff",
                "a".repeat(4_000))) {
            assertThat(server.get("/x", "Authorization: Bearer " + token)).isEqualTo(malformed);
        }
    }

    @Test
    void two_authorization_fields_are_400_in_any_order() throws Exception {
        String good = "Authorization: Bearer " + BILLING.token();
        String basic = "Authorization: Basic eDp5";
        for (String[] pair : List.of(
                new String[] {good, good}, new String[] {good, basic}, new String[] {basic, good}, new String[] {
                    good, "AUTHORIZATION: Bearer x"
                })) {
            Answer answer = server.get("/x", pair);
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.header("WWW-Authenticate"))
                    .isEqualTo("Bearer realm=\"orders\", error=\"invalid_request\"");
            assertThat(answer.body()).isEqualTo(INVALID);
        }
        for (String list : List.of(good + ", Basic eDp5", good + ",", "Authorization: , Bearer " + BILLING.token())) {
            assertThat(server.get("/x", list).status()).as(list).isEqualTo(400);
        }
    }

    @Test
    void a_byte_that_no_token_has_is_never_let_through_and_never_a_500() throws Exception {
        List<Integer> bytes = new ArrayList<>();
        for (int b = 0; b <= 0xFF; b++) {
            if (b < 0x20 || b >= 0x7F) {
                bytes.add(b);
            }
        }
        String token = BILLING.token();
        for (int b : bytes) {
            for (String value :
                    List.of("Bearer " + token.charAt(0) + (char) b + token.substring(1), "Bearer" + (char) b + token)) {
                Answer answer = server.get("/x", "Authorization: " + value);
                if (b == '\t' && value.startsWith("Bearer\t") && readsTabsAsSpaces()) {
                    continue;
                }
                // The containers themselves answer 400 to most control characters, before any filter.
                assertThat(answer.status()).as("byte 0x%02x", b).isIn(400, 401);
                assertThat(answer.body()).doesNotContain("user=");
            }
        }
    }

    @Test
    void the_length_limit_comes_before_the_verifier() throws Exception {
        String prefix = "Authorization: Bearer ";
        VERIFIED.set(0);
        assertThat(server.get("/x", prefix + "a".repeat(2_048 - "Bearer ".length()))
                        .status())
                .isEqualTo(401);
        assertThat(VERIFIED).hasValue(1);
        assertThat(server.get("/x", prefix + "a".repeat(2_049 - "Bearer ".length()))
                        .status())
                .isEqualTo(401);
        assertThat(server.get("/x", prefix + "a".repeat(64 * 1024)).status()).isEqualTo(401);
        assertThat(server.get("/x", prefix + ",".repeat(64 * 1024)).status()).isEqualTo(401);
        assertThat(VERIFIED).hasValue(1);
    }

    @ParameterizedTest
    @CsvSource({"outage,3", "throws,5", "null,5"})
    void a_verifier_that_cannot_tell_is_503_and_never_lets_through(String token, String retryAfter) throws Exception {
        for (String path : List.of("/x", "/strict", "/lenient")) {
            Answer answer = server.get(path, "Authorization: Bearer " + token);
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.header("Retry-After")).isEqualTo(retryAfter);
            assertThat(answer.header("WWW-Authenticate")).isEmpty();
            assertThat(answer.body()).isEqualTo("{\"detail\": \"Authentication is unavailable\"}");
        }
    }

    @Test
    void a_missing_scope_is_403_only_for_a_known_client() throws Exception {
        String good = "Authorization: Bearer " + BILLING.token();
        assertThat(server.get("/orders/7", good).status()).isEqualTo(200);
        Answer forbidden = server.get("/orders/admin/7", good);
        assertThat(forbidden.status()).isEqualTo(403);
        assertThat(forbidden.header("WWW-Authenticate"))
                .isEqualTo("Bearer realm=\"orders\", error=\"insufficient_scope\", scope=\"orders:admin orders:read\"");
        assertThat(forbidden.body()).isEqualTo("{\"detail\": \"Insufficient scope\"}");
        Answer unknown = server.get("/orders/admin/7", "Authorization: Bearer " + encoded("nobody:x"));
        assertThat(unknown).isEqualTo(server.get("/x", "Authorization: Bearer " + encoded("nobody:x")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/orders;x/admin/7",
                "/orders/./admin/7",
                "//orders/admin/7",
                "/orders/%61dmin/7",
                "/orders/admin;/7"
            })
    void a_path_spelled_otherwise_escapes_no_scope(String path) throws Exception {
        assertThat(server.get(path, "Authorization: Bearer " + BILLING.token()).status())
                .isEqualTo(403);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW", "get"})
    void every_method_is_guarded(String method) throws Exception {
        Answer answer = server.send(method, "/x", "Origin: http://x", "Access-Control-Request-Method: GET");
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.header("Content-Length")).isEqualTo("43");
    }

    @Test
    void modes_differ_in_what_passes_as_nobody() throws Exception {
        String good = "Authorization: Bearer " + BILLING.token();
        String bad = "Authorization: Bearer " + encoded("billing:stale");
        assertThat(server.get("/health", bad).body()).startsWith("user=null principal=null type=null");
        assertThat(server.get("/health", good).body()).startsWith("user=null");
        assertThat(server.get("/strict").body()).startsWith("user=null");
        assertThat(server.get("/strict", good).body()).startsWith("user=billing");
        assertThat(server.get("/strict", bad).status()).isEqualTo(401);
        assertThat(server.get("/strict", "Authorization: Basic x").status()).isEqualTo(401);
        assertThat(server.get("/strict", good, good).status()).isEqualTo(400);
        assertThat(server.get("/lenient").body()).startsWith("user=null");
        assertThat(server.get("/lenient", good).body()).startsWith("user=billing");
        assertThat(server.get("/lenient", bad).body()).startsWith("user=null");
    }

    @Test
    void the_listener_hears_each_decision_and_its_failure_changes_nothing() throws Exception {
        SUCCESSES.clear();
        FAILURES.clear();
        server.get("/x?canary=1", "Authorization: Bearer " + BILLING.token());
        assertThat(SUCCESSES).singleElement().satisfies(event -> {
            assertThat(event.path()).isEqualTo("/x");
            assertThat(event.method()).isEqualTo("GET");
            assertThat(event.remoteAddress()).isEqualTo("127.0.0.1");
            assertThat(event.principal().orElseThrow().attributes()).containsEntry("secret", "2026-11");
        });
        assertThat(server.get("/" + "y".repeat(200), "Authorization: Bearer " + LATE.token())
                        .status())
                .isEqualTo(401);
        assertThat(FAILURES).singleElement().satisfies(event -> {
            assertThat(event.reason()).contains(RefusalReason.EXPIRED);
            assertThat(event.path()).hasSize(64);
            assertThat(event.principal()).isEmpty();
        });
    }

    @Test
    void wrong_options_are_refused_when_they_are_set() {
        BearerTokenFilter.Builder builder =
                BearerTokenFilter.builder(token -> new Verification.Rejected(RefusalReason.OTHER));
        for (String realm : List.of("", "a\"b", "a\\b", "a\r\nb", "é")) {
            assertThatIllegalArgumentException().isThrownBy(() -> builder.realm(realm));
        }
        for (String scope : List.of("", "a b", "a\"", "a\\", "é", "a\n")) {
            assertThatIllegalArgumentException().isThrownBy(() -> builder.requireScope(scope, "/*"));
        }
        assertThatIllegalArgumentException().isThrownBy(() -> builder.requireScope("a"));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.authentication(Authentication.NONE));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.authentication(Authentication.NONE, "*.png"));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.maxTokenLength(63));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.maxTokenLength(65_537));
    }

    private static String encoded(String credentials) {
        return Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
    }
}
