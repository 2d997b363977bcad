package dev.dowel.authtoken;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AuthorizationHeaderTest {

    private static final int LIMIT = 2_048;

    @ParameterizedTest
    @ValueSource(
            strings = {"Bearer YTpi", "bearer YTpi", "BEARER YTpi", "bEaReR YTpi", "Bearer  YTpi", "Bearer       YTpi"})
    void takes_any_case_and_any_number_of_spaces(String field) {
        assertThat(parse(field))
                .isInstanceOfSatisfying(
                        AuthorizationHeader.Token.class,
                        header -> assertThat(header.token().value()).isEqualTo("YTpi"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"abcXYZ019-._~+/", "a=", "a==", "a=========="})
    void takes_every_character_of_a_token(String token) {
        assertThat(parse("Bearer " + token)).isInstanceOf(AuthorizationHeader.Token.class);
    }

    @Test
    void no_field_is_missing() {
        assertThat(parse()).isEqualTo(unusable(RefusalReason.MISSING));
        assertThat(AuthorizationHeader.parse(null, LIMIT)).isEqualTo(unusable(RefusalReason.MISSING));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Basic x",
                "Token x",
                "Bearerx abc",
                "Bear abc",
                "YTpi",
                " Bearer YTpi",
                "\tBearer YTpi",
                "\u00a0Bearer YTpi",
                "Digest username=\"a\", realm=\"b\", opaque=\"bear\""
            })
    void anything_without_the_bearer_scheme_is_another_scheme(String field) {
        assertThat(parse(field)).isEqualTo(unusable(RefusalReason.OTHER_SCHEME));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Bearer",
                "Bearer ",
                "Bearer    ",
                "Bearer\tYTpi",
                "Bearer \tYTpi",
                "Bearer\u00a0YTpi",
                "Bearer\rYTpi",
                "Bearer\nYTpi",
                "Bearer YTpi\r\nX: y",
                "Bearer YT pi",
                "Bearer YTpi ",
                "Bearer =",
                "Bearer ==YTpi",
                "Bearer YT=pi",
                "Bearer:YTpi",
                "Bearer=YTpi",
                "Bearer \"YTpi\""
            })
    void bearer_without_a_usable_token_is_malformed(String field) {
        assertThat(parse(field)).isEqualTo(unusable(RefusalReason.MALFORMED));
    }

    @Test
    void every_character_outside_the_grammar_is_malformed() {
        String allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/=,";
        for (char c = 0; c < 0x300; c++) {
            if (allowed.indexOf(c) < 0) {
                assertThat(parse("Bearer YT" + c + "pi"))
                        .as("U+%04x", (int) c)
                        .isEqualTo(unusable(RefusalReason.MALFORMED));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ", Bearer YTpi",
                ",Bearer YTpi",
                "Bearer YTpi, Bearer YTpi",
                "Bearer YTpi,Basic x",
                "Bearer ,YTpi",
                "Bearer YTpi,",
                "Basic x, Bearer YTpi",
                "Basic x,\t bearer YTpi",
                "Basic x,Bearer"
            })
    void a_list_around_a_bearer_is_several_credentials(String field) {
        assertThat(parse(field)).isEqualTo(unusable(RefusalReason.SEVERAL_CREDENTIALS));
    }

    @ParameterizedTest
    @CsvSource({
        "Bearer YTpi,Bearer YTpi",
        "Bearer YTpi,Basic x",
        "Basic x,Bearer YTpi",
        "Basic x,Basic x",
        "'',Bearer YTpi"
    })
    void two_fields_are_several_credentials(String first, String second) {
        assertThat(parse(first, second)).isEqualTo(unusable(RefusalReason.SEVERAL_CREDENTIALS));
    }

    @Test
    void the_limit_counts_scheme_and_token_and_is_inclusive() {
        String longest = "Bearer " + "a".repeat(LIMIT - "Bearer ".length());
        assertThat(longest).hasSize(2_048);
        assertThat(parse(longest)).isInstanceOf(AuthorizationHeader.Token.class);
        assertThat(parse(longest + "a")).isEqualTo(unusable(RefusalReason.MALFORMED));
        assertThat(parse("Negotiate " + "a".repeat(LIMIT))).isEqualTo(unusable(RefusalReason.OTHER_SCHEME));
    }

    private static AuthorizationHeader parse(String... fields) {
        return AuthorizationHeader.parse(Collections.enumeration(List.of(fields)), LIMIT);
    }

    private static AuthorizationHeader unusable(RefusalReason reason) {
        return new AuthorizationHeader.Unusable(reason);
    }
}
