package dev.dowel.remotemodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IdTest {

    private TestServer server;

    @BeforeEach
    void start() throws IOException {
        server = TestServer.answering(TestServer.json(200, "{\"title\":\"x\"}"));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private RemoteModel<Book, String> books(boolean trailingSlash) {
        return server.service()
                .trailingSlash(trailingSlash)
                .build()
                .model("books", Book.class, IdCodec.STRING)
                .build();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "..",
                "../users",
                "..%2Fusers",
                "%2e%2e",
                "a/b",
                "a;x=1",
                "a\\b",
                "a\nb",
                "a\u0000b",
                "a\u007fb",
                "a\u0085b",
                "a%62",
                "\ud800"
            })
    void an_id_that_could_lead_elsewhere_is_refused_before_anything_is_sent(String id) {
        for (RemoteModel<Book, String> books : List.of(books(false), books(true))) {
            assertThatThrownBy(() -> books.find(id)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> books.delete(id)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> books.update(id, Book.titled("x", 1)))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> books.patch(id, Patch.of("price", 1)))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> books.getAll(List.of(id))).isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(server.requests).isEmpty();
    }

    @Test
    void a_refused_id_is_not_repeated_in_the_message() {
        assertThatThrownBy(() -> books(false).find("evil/canary")).message().doesNotContain("canary");
    }

    @Test
    void an_id_of_more_than_512_bytes_is_refused() {
        assertThatThrownBy(() -> books(false).find("é".repeat(257))).isInstanceOf(IllegalArgumentException.class);
        assertThat(books(false).find("é".repeat(256))).isPresent();
    }

    @ParameterizedTest
    @CsvSource({
        "a b,/api/v1/books/a%20b",
        "é,/api/v1/books/%C3%A9",
        "a?b=c,/api/v1/books/a%3Fb=c",
        "a#b,/api/v1/books/a%23b",
        "...,/api/v1/books/...",
        "a..b,/api/v1/books/a..b",
        "a@b:c+d,/api/v1/books/a@b:c+d"
    })
    void an_id_is_one_segment_of_the_path(String id, String target) {
        books(false).find(id);
        books(true).find(id);

        assertThat(server.requests.get(0).getTarget()).isEqualTo(target);
        assertThat(server.requests.get(1).getTarget()).isEqualTo(target + "/");
    }

    @Test
    void base_prefix_version_and_entity_make_the_url() {
        RemoteService.Builder options = RemoteService.builder("x", server.base().resolve("/team/one/"))
                .prefix("")
                .version("v2");
        options.build().model("books", Book.class, IdCodec.LONG).build().find(7L);

        assertThat(server.requests.get(0).getTarget()).isEqualTo("/team/one/v2/books/7");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "..", "a/b", "a%2fb", "a b", "-"})
    void names_in_the_url_are_plain_segments(String name) {
        RemoteService.Builder options = server.service();

        assertThatThrownBy(() -> options.version(name)).hasMessageStartingWith("version");
        if (!name.isEmpty()) {
            assertThatThrownBy(() -> options.prefix(name)).hasMessageStartingWith("prefix");
        }
        assertThatThrownBy(() -> options.build().model(name, Book.class, IdCodec.LONG))
                .hasMessageStartingWith("entity");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ftp://host",
                "http://user:canary@host",
                "http://host?x=canary",
                "http://host#canary",
                "host",
                "http:///x",
                "http://host/a/../b",
                "http://host//a",
                "http://host/a%2fb"
            })
    void a_base_url_is_http_with_a_plain_path(String url) {
        assertThatThrownBy(() -> RemoteService.builder("x", java.net.URI.create(url)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("baseUrl")
                .message()
                .doesNotContain("canary");
    }
}
