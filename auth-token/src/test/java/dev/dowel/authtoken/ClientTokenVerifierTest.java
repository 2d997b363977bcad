package dev.dowel.authtoken;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientTokenVerifierTest {

    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

    private final CountingSha256 sha256 = new CountingSha256();
    private final ClientTokenVerifier verifier = verifier("""
            billing %s label=old scopes=orders:read+orders:write
            billing %s label=new
            late %s expires=2026-11-21T12:00:00Z
            late %s label=other
            early %s not-before=2026-11-21T12:00:00.000000001Z
            early %s label=other
            off %s disabled=true
            off %s label=other
            a %s
            """.formatted(
                    digest("old-secret"),
                    digest("new-secret"),
                    digest("late-secret"),
                    digest("x"),
                    digest("early-secret"),
                    digest("x"),
                    digest("off-secret"),
                    digest("x"),
                    digest("b:c")));

    private static final class CountingSha256 extends Sha256 {
        private int hashes;
        private int compares;
        private byte[] hashed = {};

        @Override
        byte[] hash(byte[] bytes, int from) {
            hashes++;
            hashed = bytes;
            return super.hash(bytes, from);
        }

        @Override
        boolean equal(byte[] stored, byte[] sent) {
            compares++;
            return super.equal(stored, sent);
        }
    }

    @BeforeEach
    void forget_counts() {
        sha256.hashes = 0;
        sha256.compares = 0;
    }

    @Test
    void accepts_every_active_secret_and_says_which_it_was() {
        assertThat(principal("billing:old-secret").attributes()).containsEntry("secret", "old");
        assertThat(principal("billing:new-secret").attributes()).containsEntry("secret", "new");
        assertThat(principal("billing:new-secret").name()).isEqualTo("billing");
        assertThat(principal("billing:new-secret").scopes()).containsExactlyInAnyOrder("orders:read", "orders:write");
    }

    @Test
    void accepts_all_four_spellings_of_base64() {
        byte[] bytes = "billing:old-secret".getBytes(StandardCharsets.UTF_8);
        assertThat(verify(Base64.getEncoder().encodeToString(bytes))).isInstanceOf(Verification.Accepted.class);
        assertThat(verify(Base64.getEncoder().withoutPadding().encodeToString(bytes)))
                .isInstanceOf(Verification.Accepted.class);
        assertThat(verify(Base64.getUrlEncoder().encodeToString(bytes))).isInstanceOf(Verification.Accepted.class);
        assertThat(verify(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes)))
                .isInstanceOf(Verification.Accepted.class);
    }

    @ParameterizedTest
    @CsvSource({
        "nobody:old-secret,UNKNOWN_CLIENT",
        "billing:wrong,WRONG_SECRET",
        "late:late-secret,EXPIRED",
        "early:early-secret,NOT_YET_VALID",
        "off:off-secret,DISABLED",
        "billing:new-secret,",
        "a:b:c,"
    })
    void every_verdict_takes_one_hash_and_as_many_compares(String credentials, RefusalReason reason) {
        Verification verification = verify(encoded(credentials));
        if (reason == null) {
            assertThat(verification).isInstanceOf(Verification.Accepted.class);
        } else {
            assertThat(verification).matches(rejected(reason));
        }
        assertThat(sha256.hashes).isEqualTo(1);
        assertThat(sha256.compares).isEqualTo(2);
    }

    @Test
    void times_are_exact_not_before_inclusive_and_expires_exclusive() {
        String text = "edge " + digest("s") + " not-before=2026-11-21T12:00:00Z expires=2026-11-21T12:00:01Z";
        assertThat(at(text, NOW.minusNanos(1))).matches(rejected(RefusalReason.NOT_YET_VALID));
        assertThat(at(text, NOW)).isInstanceOf(Verification.Accepted.class);
        assertThat(at(text, NOW.plusMillis(999))).isInstanceOf(Verification.Accepted.class);
        assertThat(at(text, NOW.plusSeconds(1))).matches(rejected(RefusalReason.EXPIRED));
    }

    @Test
    void splits_at_the_first_colon() {
        assertThat(principal("a:b:c").name()).isEqualTo("a");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "billing",
                "billing:",
                ":old-secret",
                ":",
                " billing:old-secret",
                "billing :old-secret",
                "billing\u0000:old-secret",
                "-billing:old-secret",
                ".billing:old-secret",
                "bill ing:old-secret",
                "\uff42illing:old-secret",
                "bílling:old-secret",
                "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa:b"
            })
    void what_is_not_client_and_secret_is_malformed_before_any_hash(String credentials) {
        assertThat(verify(encoded(credentials))).matches(rejected(RefusalReason.MALFORMED));
        assertThat(sha256.hashes).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"billing:old-secret", "billing:wrong", "nobody:old-secret", "off:off-secret"})
    void what_was_decoded_is_wiped_whatever_the_verdict(String credentials) {
        verify(encoded(credentials));
        assertThat(sha256.hashed).hasSize(credentials.length()).containsOnly(0);
    }

    @Test
    void other_encodings_of_text_are_malformed() {
        for (Charset charset : new Charset[] {StandardCharsets.UTF_16, StandardCharsets.UTF_16LE}) {
            String token = Base64.getEncoder().encodeToString("billing:old-secret".getBytes(charset));
            assertThat(verify(token)).matches(rejected(RefusalReason.MALFORMED));
        }
        byte[] latin = "b\u00edlling:old-secret".getBytes(StandardCharsets.ISO_8859_1);
        assertThat(verify(Base64.getEncoder().encodeToString(latin))).matches(rejected(RefusalReason.MALFORMED));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Billing:old-secret", "BILLING:old-secret", "billing.:old-secret", "billin:old-secret"})
    void client_ids_are_compared_exactly(String credentials) {
        assertThat(verify(encoded(credentials))).matches(rejected(RefusalReason.UNKNOWN_CLIENT));
    }

    @Test
    void a_digest_is_not_a_secret() {
        String digest = digest("old-secret").substring("{sha256}".length());
        assertThat(verify(encoded("billing:" + digest))).matches(rejected(RefusalReason.WRONG_SECRET));
        assertThat(verify(encoded("billing:" + digest("old-secret")))).matches(rejected(RefusalReason.WRONG_SECRET));
    }

    @Test
    void replacing_the_clients_takes_effect_at_once() {
        verifier.replace(ClientRegistry.parse("other " + digest("s")));
        assertThat(verify(encoded("other:s"))).isInstanceOf(Verification.Accepted.class);
        assertThat(verify(encoded("billing:old-secret"))).matches(rejected(RefusalReason.UNKNOWN_CLIENT));
        assertThatNullPointerException()
                .isThrownBy(() -> verifier.replace(null))
                .withMessage("next");
        assertThat(verify(encoded("other:s"))).isInstanceOf(Verification.Accepted.class);
    }

    private static Predicate<Verification> rejected(RefusalReason reason) {
        return verification -> verification instanceof Verification.Rejected rejected && rejected.reason() == reason;
    }

    private ServicePrincipal principal(String credentials) {
        return ((Verification.Accepted) verify(encoded(credentials))).principal();
    }

    private Verification verify(String token) {
        return verifier.verify(BearerToken.of(token));
    }

    private ClientTokenVerifier verifier(String text) {
        return new ClientTokenVerifier(ClientRegistry.parse(text), Clock.fixed(NOW, ZoneOffset.UTC), sha256, null);
    }

    private static Verification at(String text, Instant now) {
        return ClientTokenVerifier.of(ClientRegistry.parse(text), Clock.fixed(now, ZoneOffset.UTC))
                .verify(BearerToken.of(encoded("edge:s")));
    }

    private static String encoded(String credentials) {
        return Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
    }

    private static String digest(String secret) {
        String line = new GeneratedToken("x", secret).configurationLine();
        return line.substring(line.indexOf('{'));
    }
}
