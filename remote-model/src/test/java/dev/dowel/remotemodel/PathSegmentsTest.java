package dev.dowel.remotemodel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PathSegmentsTest {

    @ParameterizedTest
    @ValueSource(strings = {"/api/v1/books", "api/v1/books", "//api///v1/books/7", "/api/v1/books/"})
    void segments_come_one_after_the_other_without_the_empty_ones(String path) {
        PathSegments segments = new PathSegments(path);

        assertThat(segments.next()).isEqualTo("api");
        assertThat(segments.next()).isEqualTo("v1");
        assertThat(segments.next()).isEqualTo("books");
    }

    @ParameterizedTest
    @CsvSource({"'',''", "/,''", "///,''", "a,a", "/a,a", "/a/,a", "//a//,a"})
    void after_the_last_segment_there_are_empty_ones_only(String path, String first) {
        PathSegments segments = new PathSegments(path);

        assertThat(segments.next()).isEqualTo(first);
        assertThat(segments.next()).isEmpty();
        assertThat(segments.next()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "/api/v1/books,/api/v1/books",
        "api/v1,/api/v1",
        "//api///v1/,/api/v1",
        "/,/",
        "'',/",
        "/api;a=1/v1;b;c=2/books;x,/api/v1/books",
        "/;a/api,/api",
        "/a%62c/%C3%A9,/abc/é",
        "/a%3Bb/c,/a;b/c",
        "/a+b/a%2Bb/a%20b,/a+b/a+b/a b",
        "/100%/v1,/100%/v1",
        "/%zz/v1,/%zz/v1",
        "/./api/./v1/.,/api/v1",
        "/api/x/../v1,/api/v1",
        "/api/x/%2e%2e/v1,/api/v1",
        "/api/x/..;p/v1,/api/v1",
        "/../../api,/api",
        "/api/..,/",
        "/.../api,/.../api"
    })
    void a_path_is_read_as_containers_read_it(String sent, String expected) {
        assertThat(PathSegments.decoded(sent, "")).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "/shop/api/v1,/shop,/api/v1",
        "/shop/eu/api/v1,/shop/eu,/api/v1",
        "//shop//api/v1,/shop,/api/v1",
        "/sh%6Fp/api/v1,/shop,/api/v1",
        "/x/../shop/api,/shop,/api",
        "/shop,/shop,/",
        "/shop,/shop/eu,/",
        "/api/v1,'',/api/v1",
        "/api/v1,/,/api/v1"
    })
    void what_the_application_is_under_is_taken_off(String sent, String contextPath, String expected) {
        assertThat(PathSegments.decoded(sent, contextPath)).isEqualTo(expected);
    }

    @Test
    void an_encoded_slash_stands_within_its_segment() {
        assertThat(PathSegments.decoded("/api%2Fv1/books", "")).isEqualTo("/api/v1/books");
        assertThat(PathSegments.decoded("/a%2F../books", "")).isEqualTo("/a/../books");
        assertThat(PathSegments.decoded("/shop%2Fapi/v1", "/shop")).isEqualTo("/v1");
    }
}
