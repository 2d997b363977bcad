package dev.dowel.authtoken;

import static dev.dowel.authtoken.SecrecyTest.CANARY;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.dowel.authtoken.jwt.JwtVerifier;
import jakarta.servlet.DispatcherType;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.Date;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.UnaryOperator;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.SocketEffect;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/** The same secret in tokens of an issuer, in what its key server answers, and in the address of that. */
@Tag("container")
class JwtSecrecyTest {

    private static final String ISSUER = "https://login.example.com";

    private final MockWebServer issuer = new MockWebServer();
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private final Queue<String> texts = new ConcurrentLinkedQueue<>();
    private Level before;

    @BeforeEach
    void listen_to_everything() throws IOException {
        issuer.start();
        before = root.getLevel();
        root.setLevel(Level.TRACE);
        log.list = Collections.synchronizedList(log.list);
        log.start();
        root.addAppender(log);
    }

    @AfterEach
    void stop_listening() {
        root.detachAppender(log);
        root.setLevel(before);
        issuer.close();
    }

    @Test
    void no_answer_log_event_or_audit_event_shows_a_token_of_an_issuer() throws Exception {
        RSAKey key = new RSAKeyGenerator(2048).keyID("one").generate();
        for (int i = 0; i < 3; i++) {
            issuer.enqueue(new MockResponse.Builder()
                    .body("{\"keys\":[" + key.toPublicJWK() + "]}")
                    .build());
        }
        List<String> tokens = tokens(key);
        try (JwtVerifier verifier = verifier();
                ServletServer server = new TomcatServer()
                        .filter(audited(verifier), DispatcherType.REQUEST)
                        .servlet("/*", (request, response) -> texts.add(String.valueOf(request.getUserPrincipal())))
                        .start()) {
            List<Integer> statuses = new ArrayList<>();
            for (String token : tokens) {
                ServletServer.Answer answer = server.get("/x", "Authorization: Bearer " + token);
                statuses.add(answer.status());
                texts.add(answer.toString());
            }
            assertThat(statuses).startsWith(200).hasSizeGreaterThan(8);
            assertThat(statuses.subList(1, statuses.size())).containsOnly(401);
        }
        shown_nowhere(tokens);
    }

    static List<MockResponse> answers() {
        return List.of(
                new MockResponse.Builder().body(CANARY).build(),
                new MockResponse.Builder()
                        .body("{\"keys\":[\"" + CANARY + "\"]}")
                        .build(),
                new MockResponse.Builder()
                        .body("{\"keys\":[{\"kty\":\"" + CANARY + "\",\"kid\":\"" + CANARY + "\"}]}")
                        .build(),
                new MockResponse.Builder()
                        .body("{\"keys\":[{\"kty\":\"RSA\",\"key_ops\":[\"" + CANARY + "\"]}]}")
                        .build(),
                new MockResponse.Builder().body(CANARY.repeat(10_000)).build(),
                new MockResponse.Builder()
                        .status("HTTP/1.1 500 " + CANARY)
                        .addHeader("X-Error", CANARY)
                        .body(CANARY)
                        .build(),
                new MockResponse.Builder()
                        .code(302)
                        .addHeader("Location", "/" + CANARY)
                        .build(),
                new MockResponse.Builder()
                        .onResponseStart(SocketEffect.ShutdownConnection.INSTANCE)
                        .build());
    }

    @ParameterizedTest
    @MethodSource("answers")
    void no_log_event_or_verdict_shows_a_failed_fetch(MockResponse answer) throws Exception {
        issuer.enqueue(answer);
        issuer.enqueue(answer);
        RSAKey key = new RSAKeyGenerator(2048).keyID("one").generate();
        String token = signed(key, "one", claims -> claims);
        try (JwtVerifier verifier = verifier()) {
            Verification verdict = verifier.verify(BearerToken.of(token));
            assertThat(verdict).isInstanceOf(Verification.Unavailable.class);
            texts.add(verdict.toString());
        }
        assertThat(List.copyOf(log.list))
                .extracting(ILoggingEvent::getFormattedMessage)
                .anyMatch(message -> message.startsWith("Fetching the keys of the token issuer failed: "));
        shown_nowhere(List.of(token));
    }

    private JwtVerifier verifier() {
        return JwtVerifier.builder(
                        issuer.url("/keys")
                                .newBuilder()
                                .addQueryParameter("key", CANARY)
                                .build()
                                .uri(),
                        ISSUER,
                        "orders")
                .build();
    }

    private BearerTokenFilter audited(JwtVerifier verifier) {
        return BearerTokenFilter.builder(verifier)
                .listener(new AuthenticationListener() {
                    @Override
                    public void onSuccess(AuthenticationEvent event) {
                        texts.add(event.toString());
                    }

                    @Override
                    public void onFailure(AuthenticationEvent event) {
                        texts.add(event.toString());
                    }
                })
                .build();
    }

    /** The first is good. */
    private static List<String> tokens(RSAKey key) throws Exception {
        String good = signed(key, "one", claims -> claims);
        String[] parts = good.split("\\.", -1);
        String canary = Base64.getUrlEncoder().withoutPadding().encodeToString(CANARY.getBytes(UTF_8));
        return List.of(
                good,
                signed(key, CANARY, claims -> claims),
                signed(new RSAKeyGenerator(2048).generate(), "one", claims -> claims),
                signed(key, "one", claims -> claims.issuer(CANARY)),
                signed(key, "one", claims -> claims.audience(CANARY)),
                signed(key, "one", claims -> claims.subject(CANARY + " ")),
                signed(key, "one", claims -> claims.expirationTime(Date.from(Instant.EPOCH))),
                signed(key, "one", claims -> claims.notBeforeTime(Date.from(Instant.parse("2200-01-01T00:00:00Z")))),
                canary + "." + parts[1] + "." + parts[2],
                parts[0] + "." + canary + "." + parts[2],
                parts[0] + "." + parts[1] + "." + canary,
                parts[0] + "." + parts[1],
                canary + "." + canary + "." + canary + "." + canary + "." + canary);
    }

    private static String signed(RSAKey key, String keyId, UnaryOperator<JWTClaimsSet.Builder> change)
            throws Exception {
        JWTClaimsSet.Builder claims = new JWTClaimsSet.Builder()
                .issuer(ISSUER)
                .audience("orders")
                .subject("billing")
                .jwtID(CANARY)
                .expirationTime(Date.from(Instant.parse("2100-01-01T00:00:00Z")));
        SignedJWT jwt = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(keyId).build(),
                change.apply(claims).build());
        jwt.sign(new RSASSASigner(key));
        return jwt.serialize();
    }

    private void shown_nowhere(List<String> tokens) {
        for (ILoggingEvent event : List.copyOf(log.list)) {
            texts.add(event.getFormattedMessage() + event.getMDCPropertyMap() + event.getThreadName());
            texts.add(event.getThrowableProxy() == null ? "" : ThrowableProxyUtil.asString(event.getThrowableProxy()));
        }
        assertThat(texts).isNotEmpty().allSatisfy(text -> {
            SecrecyTest.shows_nothing(text);
            for (String token : tokens) {
                assertThat(text).doesNotContain(token.substring(token.length() - 20));
            }
        });
    }
}
