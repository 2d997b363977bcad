package dev.dowel.authtoken;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds for every header, tried with many random ones; the seed is the test's argument. */
class HeaderPropertyTest {

    private static final int LIMIT = 2_048;
    private static final int TRIES = 20_000;
    private static final Pattern BEARER = Pattern.compile("(?i)bearer +([A-Za-z0-9._~+/-]+=*)");
    private static final String[] PIECES = {
        "Bearer",
        "bearer",
        "BEARER",
        "Basic",
        "Bear",
        " ",
        "  ",
        "\t",
        ",",
        ", ",
        "=",
        "==",
        "\"",
        "YTpi",
        "a:b",
        ".",
        "-",
        "_",
        "~",
        "+",
        "/",
        "\u0000",
        "\r\n",
        "\u00e9",
        "\u00a0",
        "\u212a",
        "\ud800",
        "%20",
        "x".repeat(700)
    };

    @ParameterizedTest
    @ValueSource(longs = {1, 20261121, 0xD0E1})
    void a_header_is_a_token_exactly_if_the_grammar_says_so_and_nothing_is_ever_thrown(long seed) {
        Random random = new Random(seed);
        int tokens = 0;
        for (int i = 0; i < TRIES; i++) {
            StringBuilder field = new StringBuilder(random.nextBoolean() ? "Bearer " : "");
            for (int n = random.nextInt(6); n > 0; n--) {
                field.append(PIECES[random.nextInt(PIECES.length)]);
            }
            String text = field.toString();
            AuthorizationHeader header = AuthorizationHeader.parse(Collections.enumeration(List.of(text)), LIMIT);
            var match = BEARER.matcher(text);
            boolean expected = text.length() <= LIMIT && match.matches();
            assertThat(header instanceof AuthorizationHeader.Token)
                    .as(escaped(text))
                    .isEqualTo(expected);
            if (header instanceof AuthorizationHeader.Token token) {
                assertThat(token.token().value()).isEqualTo(match.group(1));
                tokens++;
            }
        }
        assertThat(tokens).isBetween(TRIES / 20, TRIES);
    }

    @ParameterizedTest
    @ValueSource(longs = {2, 20261122, 0xD0E2})
    void several_fields_are_never_a_token(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < TRIES; i++) {
            List<String> fields = new ArrayList<>();
            for (int n = 2 + random.nextInt(3); n > 0; n--) {
                fields.add(random.nextBoolean() ? "Bearer YTpi" : PIECES[random.nextInt(PIECES.length)]);
            }
            assertThat(AuthorizationHeader.parse(Collections.enumeration(fields), LIMIT))
                    .isEqualTo(new AuthorizationHeader.Unusable(RefusalReason.SEVERAL_CREDENTIALS));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {3, 20261123, 0xD0E3})
    void of_the_texts_near_a_base64_text_only_its_proper_spellings_give_its_bytes(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < TRIES; i++) {
            byte[] bytes = new byte[random.nextInt(12)];
            random.nextBytes(bytes);
            List<String> proper = spellings(bytes);
            for (String spelling : proper) {
                assertThat(StrictBase64.decode(spelling)).isEqualTo(bytes);
            }
            String mutated = mutated(proper.get(random.nextInt(proper.size())), random);
            byte[] decoded = StrictBase64.decode(mutated);
            if (decoded != null) {
                assertThat(spellings(decoded)).as(mutated).contains(mutated);
                assertThat(java.util.Arrays.equals(decoded, bytes)).isEqualTo(proper.contains(mutated));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {4, 20261124, 0xD0E4})
    void a_verifier_accepts_exactly_what_was_generated_and_never_throws(long seed) {
        Random random = new Random(seed);
        GeneratedToken good = TokenGenerator.generate("billing", "dwl");
        ClientTokenVerifier verifier = ClientTokenVerifier.of(ClientRegistry.parse(good.configurationLine()));
        byte[] credentials = ("billing:" + good.secret()).getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < TRIES; i++) {
            byte[] changed = credentials.clone();
            changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
            assertThat(verify(verifier, Base64.getEncoder().encodeToString(changed)))
                    .isInstanceOf(Verification.Rejected.class);
            byte[] noise = new byte[1 + random.nextInt(40)];
            random.nextBytes(noise);
            assertThat(verify(verifier, Base64.getEncoder().encodeToString(noise)))
                    .isInstanceOf(Verification.Rejected.class);
        }
        assertThat(verify(verifier, good.token())).isInstanceOf(Verification.Accepted.class);
    }

    private static Verification verify(ClientTokenVerifier verifier, String token) {
        return verifier.verify(BearerToken.of(token));
    }

    private static List<String> spellings(byte[] bytes) {
        return List.of(
                Base64.getEncoder().encodeToString(bytes),
                Base64.getEncoder().withoutPadding().encodeToString(bytes),
                Base64.getUrlEncoder().encodeToString(bytes),
                Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
    }

    private static String mutated(String text, Random random) {
        String alphabet = "ABCabc019+/-_=\n :.";
        StringBuilder changed = new StringBuilder(text);
        int at = random.nextInt(changed.length() + 1);
        char c = alphabet.charAt(random.nextInt(alphabet.length()));
        switch (random.nextInt(3)) {
            case 0 -> changed.insert(at, c);
            case 1 -> changed.delete(Math.max(0, at - 1), at);
            default -> changed.replace(Math.max(0, at - 1), at, String.valueOf(c));
        }
        return changed.toString();
    }

    private static String escaped(String text) {
        return LoggableText.of(text.toLowerCase(Locale.ROOT));
    }
}
