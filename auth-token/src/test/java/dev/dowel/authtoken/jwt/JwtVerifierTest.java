package dev.dowel.authtoken.jwt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import dev.dowel.authtoken.BearerToken;
import dev.dowel.authtoken.RefusalReason;
import dev.dowel.authtoken.ServicePrincipal;
import dev.dowel.authtoken.Verification;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens, good and hostile, against keys that come and go. */
class JwtVerifierTest {

    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
    private static final String ISSUER = "https://login.example.com";
    private static final RSAKey KEY = rsa("one");
    private static final RSAKey OTHER = rsa("two");

    private final AtomicLong nanos = new AtomicLong();
    private final AtomicInteger fetches = new AtomicInteger();
    private volatile JWKSet published = new JWKSet(KEY.toPublicJWK());
    private volatile boolean down;
    private JwtVerifier verifier = verifier(builder());

    private static RSAKey rsa(String id) {
        try {
            return new RSAKeyGenerator(2048).keyID(id).generate();
        } catch (com.nimbusds.jose.JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private static JwtVerifier.Builder builder() {
        return JwtVerifier.builder(URI.create("https://login.example.com/keys"), ISSUER, "orders");
    }

    private JwtVerifier verifier(JwtVerifier.Builder builder) {
        return new JwtVerifier(builder, this::fetch, Clock.fixed(NOW, ZoneOffset.UTC), nanos::get, Jwks.REFRESH);
    }

    private JWKSet fetch() throws IOException {
        fetches.incrementAndGet();
        if (down) {
            throw new IOException("down");
        }
        return published;
    }

    @AfterEach
    void close() {
        verifier.close();
    }

    @Test
    void a_signed_token_of_the_issuer_for_this_service_is_accepted() throws Exception {
        ServicePrincipal principal = accepted(signed(claims -> claims.claim("scope", "read write")));
        assertThat(principal.name()).isEqualTo("billing");
        assertThat(principal.scopes()).containsExactlyInAnyOrder("read", "write");
        assertThat(principal.attributes()).containsEntry("secret", "one");
        assertThat(accepted(signed(claims ->
                                claims.audience(List.of("x", "orders")).claim("scope", List.of("a", 1, ""))))
                        .scopes())
                .containsExactly("a");
    }

    @Test
    void client_and_scopes_may_stand_in_other_claims() throws Exception {
        verifier.close();
        verifier = verifier(builder().clientClaim("azp").scopeClaim("scp"));
        ServicePrincipal principal =
                accepted(signed(claims -> claims.claim("azp", "likes").claim("scp", List.of("a", "b"))));
        assertThat(principal.name()).isEqualTo("likes");
        assertThat(principal.scopes()).containsExactlyInAnyOrder("a", "b");
        assertThat(reason(signed(claims -> claims))).isEqualTo(RefusalReason.OTHER);
    }

    @Test
    void issuer_audience_and_expiry_are_mandatory_and_exact() throws Exception {
        assertThat(reason(signed(claims -> claims.issuer(null)))).isEqualTo(RefusalReason.OTHER);
        assertThat(reason(signed(claims -> claims.issuer(ISSUER + "/")))).isEqualTo(RefusalReason.OTHER);
        assertThat(reason(signed(claims -> claims.audience((String) null)))).isEqualTo(RefusalReason.OTHER);
        assertThat(reason(signed(claims -> claims.audience("users")))).isEqualTo(RefusalReason.OTHER);
        assertThat(reason(signed(claims -> claims.expirationTime(null)))).isEqualTo(RefusalReason.OTHER);
        assertThat(reason(signed(claims -> claims.subject(null)))).isEqualTo(RefusalReason.OTHER);
        assertThat(reason(signed(claims -> claims.subject("a\nb")))).isEqualTo(RefusalReason.OTHER);
    }

    @Test
    void times_are_kept_within_the_leeway() throws Exception {
        assertThat(accepted(signed(claims -> claims.expirationTime(at(-29))))).isNotNull();
        assertThat(reason(signed(claims -> claims.expirationTime(at(-30))))).isEqualTo(RefusalReason.EXPIRED);
        assertThat(accepted(signed(claims -> claims.notBeforeTime(at(29))))).isNotNull();
        assertThat(reason(signed(claims -> claims.notBeforeTime(at(31))))).isEqualTo(RefusalReason.OTHER);
        verifier.close();
        verifier = verifier(builder().leeway(Duration.ZERO));
        assertThat(reason(signed(claims -> claims.expirationTime(at(0))))).isEqualTo(RefusalReason.EXPIRED);
    }

    @Test
    void a_wrong_signature_or_a_changed_token_is_refused() throws Exception {
        RSAKey impostor = new RSAKeyGenerator(2048).keyID("one").generate();
        assertThat(reason(signed(impostor, claims -> claims))).isEqualTo(RefusalReason.WRONG_SECRET);
        String[] parts = signed(claims -> claims).split("\\.", -1);
        String other = signed(claims -> claims.subject("admin")).split("\\.", -1)[1];
        assertThat(reason(parts[0] + "." + other + "." + parts[2])).isEqualTo(RefusalReason.WRONG_SECRET);
        assertThat(reason(parts[0] + "." + parts[1] + ".")).isIn(RefusalReason.WRONG_SECRET, RefusalReason.MALFORMED);
    }

    @Test
    void none_and_hmac_with_the_public_key_and_algorithms_off_the_list_are_refused() throws Exception {
        assertThat(reason(new PlainJWT(claims().build()).serialize())).isNotNull();
        byte[] publicKey = KEY.toRSAPublicKey().getEncoded();
        SignedJWT confused = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("one").build(), claims().build());
        confused.sign(new MACSigner(publicKey));
        assertThat(reason(confused.serialize())).isEqualTo(RefusalReason.OTHER);
        SignedJWT rs512 = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.RS512).keyID("one").build(), claims().build());
        rs512.sign(new RSASSASigner(KEY));
        assertThat(reason(rs512.serialize())).isEqualTo(RefusalReason.OTHER);
    }

    @Test
    void keys_that_the_token_brings_along_count_nothing() throws Exception {
        RSAKey own = rsa("mine");
        SignedJWT jwt = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.RS256)
                        .jwk(own.toPublicJWK())
                        .jwkURL(URI.create("https://evil.example.com/keys"))
                        .build(),
                claims().build());
        jwt.sign(new RSASSASigner(own));
        assertThat(reason(jwt.serialize())).isEqualTo(RefusalReason.WRONG_SECRET);
    }

    @Test
    void elliptic_keys_and_the_type_of_access_tokens_work() throws Exception {
        ECKey key = new ECKeyGenerator(Curve.P_256).keyID("ec").generate();
        published = new JWKSet(List.of(KEY.toPublicJWK(), key.toPublicJWK()));
        nanos.addAndGet(Jwks.INTERVAL.toNanos());
        SignedJWT jwt = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.ES256)
                        .keyID("ec")
                        .type(new JOSEObjectType("at+jwt"))
                        .build(),
                claims().build());
        jwt.sign(new ECDSASigner(key));
        assertThat(accepted(jwt.serialize())).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "a.b",
                "a.b.c",
                "..",
                "a.b.c.d.e",
                "eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4R0NNIn0..aaaa.bbbb.cccc",
                "e30.e30.e30",
                "bnVsbA.bnVsbA.bnVsbA",
                "W10.W10.W10"
            })
    void what_is_no_signed_token_is_malformed_and_encrypted_ones_are_not_opened(String token) {
        assertThat(reason(token)).isEqualTo(RefusalReason.MALFORMED);
    }

    @Test
    void deep_and_random_headers_and_claims_are_refused_and_never_thrown() {
        String deep = encoded("[".repeat(3_000));
        String deeper = encoded("{\"a\":".repeat(1_000));
        for (String part : List.of(deep, deeper)) {
            assertThat(reason(part + "." + part + ".AAAA")).isNotNull();
        }
        String header = encoded("{\"alg\":\"RS256\",\"kid\":\"one\"}");
        assertThat(reason(header + "." + deep + ".AAAA")).isNotNull();
        Random random = new Random(20261121);
        for (int i = 0; i < 2_000; i++) {
            byte[] bytes = new byte[random.nextInt(60)];
            random.nextBytes(bytes);
            String noise = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
            String token = header + "." + noise + "." + noise + (random.nextBoolean() ? "" : "." + noise);
            assertThat(verifier.verify(BearerToken.of(token))).isInstanceOf(Verification.Rejected.class);
        }
    }

    @Test
    void keys_are_fetched_ahead_of_any_call_again_and_again_until_the_verifier_is_closed() {
        AtomicInteger ahead = new AtomicInteger();
        AtomicReference<Thread> fetching = new AtomicReference<>();
        JwtVerifier refreshed = new JwtVerifier(
                builder(),
                () -> {
                    fetching.set(Thread.currentThread());
                    ahead.incrementAndGet();
                    return published;
                },
                Clock.systemUTC(),
                () -> nanos.addAndGet(Jwks.INTERVAL.toNanos()),
                Duration.ofMillis(1));
        try (refreshed) {
            await().until(() -> ahead.get() >= 3);
        }
        await().until(() -> !fetching.get().isAlive());
    }

    @Test
    void a_new_key_of_the_issuer_is_fetched_when_a_token_names_it() throws Exception {
        accepted(signed(claims -> claims));
        int before = fetches.get();
        published = new JWKSet(List.of(KEY.toPublicJWK(), OTHER.toPublicJWK()));
        nanos.addAndGet(Jwks.INTERVAL.toNanos());
        assertThat(accepted(signed(OTHER, claims -> claims))).isNotNull();
        assertThat(fetches).hasValue(before + 1);
    }

    @Test
    void a_storm_of_unknown_keys_causes_one_fetch_in_an_interval() throws Exception {
        accepted(signed(claims -> claims));
        int before = fetches.get();
        nanos.addAndGet(Jwks.INTERVAL.toNanos());
        for (int i = 0; i < 200; i++) {
            String kid = encoded("{\"alg\":\"RS256\",\"kid\":\"unknown" + i + "\"}");
            assertThat(reason(kid + "." + signed(claims -> claims).split("\\.", 2)[1]))
                    .isEqualTo(RefusalReason.OTHER);
        }
        assertThat(fetches).hasValue(before + 1);
        nanos.addAndGet(Jwks.INTERVAL.toNanos() - 1);
        assertThat(reason(signed(OTHER, claims -> claims))).isEqualTo(RefusalReason.OTHER);
        assertThat(fetches).hasValue(before + 1);
    }

    @Test
    void an_outage_is_unavailable_and_never_a_refusal_or_a_pass() throws Exception {
        verifier.close();
        down = true;
        verifier = verifier(builder());
        assertThat(verify(signed(claims -> claims))).isEqualTo(new Verification.Unavailable(Jwks.INTERVAL));
        int before = fetches.get();
        assertThat(verify(signed(claims -> claims))).isInstanceOf(Verification.Unavailable.class);
        assertThat(fetches).hasValue(before);
        down = false;
        nanos.addAndGet(Jwks.INTERVAL.toNanos());
        assertThat(accepted(signed(claims -> claims))).isNotNull();
        down = true;
        nanos.addAndGet(Jwks.INTERVAL.toNanos());
        assertThat(verify(signed(OTHER, claims -> claims))).isInstanceOf(Verification.Unavailable.class);
        assertThat(accepted(signed(claims -> claims))).isNotNull();
    }

    @Test
    void keys_count_for_their_lifetime_and_longer_only_where_that_is_asked_for() throws Exception {
        accepted(signed(claims -> claims));
        down = true;
        nanos.addAndGet(Jwks.LIFETIME.toNanos() - 1);
        assertThat(accepted(signed(claims -> claims))).isNotNull();
        nanos.addAndGet(1);
        assertThat(verify(signed(claims -> claims))).isInstanceOf(Verification.Unavailable.class);
        verifier.close();
        down = false;
        verifier = verifier(builder().staleOnOutage(Duration.ofHours(1)));
        accepted(signed(claims -> claims));
        down = true;
        nanos.addAndGet(Jwks.LIFETIME.plusHours(1).toNanos() - 1);
        assertThat(accepted(signed(claims -> claims))).isNotNull();
        nanos.addAndGet(1);
        assertThat(verify(signed(claims -> claims))).isInstanceOf(Verification.Unavailable.class);
    }

    @Test
    void a_token_that_names_no_key_is_tried_with_one_key_only() throws Exception {
        SignedJWT jwt = new SignedJWT(new JWSHeader(JWSAlgorithm.RS256), claims().build());
        jwt.sign(new RSASSASigner(KEY));
        assertThat(accepted(jwt.serialize())).isNotNull();
        published = new JWKSet(List.of(OTHER.toPublicJWK(), KEY.toPublicJWK()));
        nanos.addAndGet(Jwks.INTERVAL.toNanos());
        accepted(signed(OTHER, claims -> claims));
        assertThat(reason(jwt.serialize())).isEqualTo(RefusalReason.OTHER);
    }

    @Test
    void wrong_options_are_refused() {
        for (String uri : List.of("http://login.example.com/keys", "https://u:p@host/keys", "file:/keys", "keys")) {
            assertThatIllegalArgumentException().isThrownBy(() -> JwtVerifier.builder(URI.create(uri), "i", "a"));
        }
        assertThatIllegalArgumentException().isThrownBy(() -> JwtVerifier.builder(URI.create("https://h"), "", "a"));
        assertThatIllegalArgumentException().isThrownBy(() -> JwtVerifier.builder(URI.create("https://h"), "i", ""));
        for (String algorithm : List.of("none", "HS256", "EdDSA", "rs256", "")) {
            assertThatIllegalArgumentException().isThrownBy(() -> builder().algorithms(algorithm));
        }
        assertThatIllegalArgumentException().isThrownBy(() -> builder().algorithms());
        assertThatIllegalArgumentException().isThrownBy(() -> builder().leeway(Duration.ofSeconds(61)));
        assertThatIllegalArgumentException().isThrownBy(() -> builder().staleOnOutage(Duration.ofDays(8)));
        assertThat(verifier.maxTokenLength()).isEqualTo(8_192);
    }

    private static Date at(int seconds) {
        return Date.from(NOW.plusSeconds(seconds));
    }

    private static JWTClaimsSet.Builder claims() {
        return new JWTClaimsSet.Builder()
                .issuer(ISSUER)
                .audience("orders")
                .subject("billing")
                .expirationTime(at(60));
    }

    private static String signed(UnaryOperator<JWTClaimsSet.Builder> change) throws Exception {
        return signed(KEY, change);
    }

    private static String signed(RSAKey key, UnaryOperator<JWTClaimsSet.Builder> change) throws Exception {
        SignedJWT jwt = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(key.getKeyID()).build(),
                change.apply(claims()).build());
        JWSSigner signer = new RSASSASigner(key);
        jwt.sign(signer);
        return jwt.serialize();
    }

    private static String encoded(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private Verification verify(String token) {
        return verifier.verify(BearerToken.of(token));
    }

    private ServicePrincipal accepted(String token) {
        assertThat(verify(token)).isInstanceOf(Verification.Accepted.class);
        return ((Verification.Accepted) verify(token)).principal();
    }

    private RefusalReason reason(String token) {
        assertThat(verify(token)).isInstanceOf(Verification.Rejected.class);
        return ((Verification.Rejected) verify(token)).reason();
    }
}
