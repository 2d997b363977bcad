package dev.dowel.authtoken;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds for every configuration text, tried with many random ones; the seed is the test's argument. */
class RegistryPropertyTest {

    private static final int TRIES = 10_000;
    private static final String DIGEST = "{sha256}" + "A".repeat(43) + "=";
    private static final String[] PIECES = {
        "billing",
        "likes",
        DIGEST,
        "{sha256}",
        "{md5}canary",
        DIGEST + "canary",
        " ",
        "\t",
        ",",
        "\n",
        "\r\n",
        "\r",
        "#",
        " # canary",
        "label=canary",
        "label=",
        "expires=2027-01-01T00:00:00Z",
        "expires=canary",
        "not-before=+999999999-12-31T23:59:59Z",
        "scopes=canary",
        "scopes=+",
        "disabled=true",
        "disabled=canary",
        "=",
        "canary",
        "\u0000",
        "\u00a0",
        "\ufeff",
        "\ud800",
        "\u2028",
        "canary:canary",
        "-",
        "x".repeat(70)
    };

    @ParameterizedTest
    @ValueSource(longs = {1, 20261121, 0xC0F1})
    void a_text_is_clients_or_a_problem_with_a_line_number_that_repeats_nothing_of_it(long seed) {
        Random random = new Random(seed);
        int good = 0;
        for (int i = 0; i < TRIES; i++) {
            String text = text(random);
            Throwable thrown = catchThrowable(() -> ClientRegistry.parse(text));
            if (thrown == null) {
                good++;
                continue;
            }
            assertThat(thrown).isInstanceOf(IllegalArgumentException.class).hasNoCause();
            assertThat(thrown.getMessage())
                    .doesNotContain("canary")
                    .matches("(line \\d+: |no clients configured)[ -~]+");
        }
        assertThat(good).isPositive();
    }

    @ParameterizedTest
    @ValueSource(longs = {2, 20261122, 0xC0F2})
    void comments_blank_lines_and_the_order_of_attributes_change_nothing(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 200; i++) {
            GeneratedToken token = TokenGenerator.generate("billing", "dwl");
            String[] attributes = {" label=a", " scopes=x+y", " expires=2999-01-01T00:00:00Z", " disabled=false"};
            StringBuilder line = new StringBuilder(" \t" + token.configurationLine());
            for (int n = attributes.length; n > 0; n--) {
                int at = random.nextInt(n);
                line.append(attributes[at]);
                attributes[at] = attributes[n - 1];
            }
            String text = "# first\n\n , ,\n" + line + " # why\r\n" + (random.nextBoolean() ? "#" : "");
            Verification verification =
                    ClientTokenVerifier.of(ClientRegistry.parse(text)).verify(BearerToken.of(token.token()));
            assertThat(verification).isInstanceOfSatisfying(Verification.Accepted.class, accepted -> {
                assertThat(accepted.principal().scopes()).containsExactlyInAnyOrder("x", "y");
                assertThat(accepted.principal().attributes()).containsEntry("secret", "a");
            });
        }
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        if (random.nextInt(4) == 0) {
            text.append("billing ").append(DIGEST);
        }
        for (int n = random.nextInt(10); n > 0; n--) {
            text.append(PIECES[random.nextInt(PIECES.length)]);
            text.append(random.nextBoolean() ? " " : "");
        }
        return text.toString();
    }
}
