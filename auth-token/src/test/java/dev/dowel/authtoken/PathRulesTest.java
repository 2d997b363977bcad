package dev.dowel.authtoken;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PathRulesTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/a",
                "/a/",
                "/a/b.json",
                "/a/...",
                "/a%20b",
                "/a%22b",
                "/a:b@c",
                "/~a-b_c.d",
                "/.well-known/x"
            })
    void canonical_as_sent(String path) {
        assertThat(RequestPath.isCanonical(path, true)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "*",
                "a",
                "http://host/a",
                "//a",
                "/a//b",
                "/a//",
                "/a;x=1",
                "/;x/a",
                "/a\\b",
                "/.",
                "/..",
                "/a/.",
                "/a/..",
                "/./a",
                "/../a",
                "/a/../b",
                "/a%2fb",
                "/a%2Fb",
                "/a%5cb",
                "/a%3bb",
                "/%2e%2e/a",
                "/a%2e",
                "/%61",
                "/%7Ea",
                "/a%25b",
                "/a%252e",
                "/a%00",
                "/a%0a",
                "/a%7f",
                "/a%80",
                "/a%c3%a9",
                "/a%",
                "/a%2",
                "/a%zz",
                "/a%+1",
                "/a\u00e9",
                "/a\u0000",
                "/a\u007f",
                "/a\n",
                "/a\uff0fb"
            })
    void not_canonical_as_sent(String path) {
        assertThat(RequestPath.isCanonical(path, true)).isFalse();
    }

    @Test
    void a_decoded_path_with_a_percent_sign_is_not_canonical() {
        assertThat(RequestPath.isCanonical("/a%20b", false)).isFalse();
        assertThat(RequestPath.isCanonical("/a b", false)).isTrue();
    }

    @Test
    void what_loosens_matches_one_path_or_all_below_exactly() {
        assertThat(PathMapping.parse("/a").matchesExactly("/a")).isTrue();
        assertThat(PathMapping.parse("/a").matchesExactly("/a/")).isFalse();
        assertThat(PathMapping.parse("/a").matchesExactly("/A")).isFalse();
        assertThat(PathMapping.parse("/a/*").matchesExactly("/a")).isTrue();
        assertThat(PathMapping.parse("/a/*").matchesExactly("/a/b/c")).isTrue();
        assertThat(PathMapping.parse("/a/*").matchesExactly("/A/b/c")).isFalse();
        assertThat(PathMapping.parse("/a/*").matchesExactly("/ab")).isFalse();
        assertThat(PathMapping.parse("/*").matchesExactly("/")).isTrue();
        assertThat(PathMapping.parse("/").matchesExactly("/a")).isFalse();
    }

    @Test
    void what_tightens_matches_in_any_case_and_with_or_without_a_last_slash() {
        assertThat(PathMapping.parse("/a/b").matchesWidely("/a/b")).isTrue();
        assertThat(PathMapping.parse("/a/b").matchesWidely("/a/b/")).isTrue();
        assertThat(PathMapping.parse("/a/b/").matchesWidely("/a/b")).isTrue();
        assertThat(PathMapping.parse("/a/b").matchesWidely("/A/B/")).isTrue();
        assertThat(PathMapping.parse("/A/b").matchesWidely("/a/B")).isTrue();
        assertThat(PathMapping.parse("/a/b").matchesWidely("/a/b/c")).isFalse();
        assertThat(PathMapping.parse("/a/b").matchesWidely("/a/bc")).isFalse();
        assertThat(PathMapping.parse("/a/b").matchesWidely("/a")).isFalse();
        assertThat(PathMapping.parse("/a/*").matchesWidely("/A")).isTrue();
        assertThat(PathMapping.parse("/a/*").matchesWidely("/A/b/c")).isTrue();
        assertThat(PathMapping.parse("/a/*").matchesWidely("/AB")).isFalse();
        assertThat(PathMapping.parse("/*").matchesWidely("/")).isTrue();
        assertThat(PathMapping.parse("/").matchesWidely("/")).isTrue();
        assertThat(PathMapping.parse("/").matchesWidely("/a")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "a", "*.png", "/*.png", "/a*", "/a/*/b", "/a/*/*", "/a//*", "/a/../b", "//a", "/a;b", "/é",
                "/a%20b", "*", "*/*"
            })
    void other_mappings_are_refused(String mapping) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PathMapping.parse(mapping))
                .withMessageStartingWith("mapping must be a canonical decoded path");
    }

    @Test
    void text_of_callers_is_cut_and_escaped() {
        assertThat(LoggableText.of("/a\r\n\u001b[31m\u202e\\é"))
                .isEqualTo("/a\\u000d\\u000a\\u001b[31m\\u202e\\u005c\\u00e9");
        assertThat(LoggableText.of("x".repeat(1_000))).hasSize(64);
        assertThat(LoggableText.of("\n".repeat(1_000))).hasSize(60);
    }
}
