package dev.dowel.remotemodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import mockwebserver3.MockResponse;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IdTest {

    private static final UUID FIRST = UUID.fromString("7d444840-9dc0-11d1-b245-5ffdce74fad2");
    private static final UUID SECOND = UUID.fromString("0a0b0c0d-1111-4222-8333-abcdefabcdef");

    private TestServer server;

    public record Item(UUID id) {}

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

    private RemoteModel<Item, UUID> items() {
        return server.service()
                .build()
                .model("items", Item.class, IdCodec.UUID)
                .id(Item::id)
                .build();
    }

    private static MockResponse item(UUID id) {
        return TestServer.json(200, "{\"id\":\"" + id + "\"}");
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
    void no_call_takes_an_id_that_is_null() {
        RemoteModel<Book, Long> books = server.books();

        assertThatThrownBy(() -> books.find(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("id");
        assertThatThrownBy(() -> books.get(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("id");
        assertThatThrownBy(() -> books.findTagged(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("id");
        assertThatThrownBy(() -> books.update(null, Book.titled("x", 1)))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("id");
        assertThatThrownBy(() -> books.patch(null, Patch.of("price", 1)))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("id");
        assertThatThrownBy(() -> books.delete(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("id");
        assertThatThrownBy(() -> books.getAll(Arrays.asList(7L, null)))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("id");
        assertThatThrownBy(() -> books.tryGetAll(Arrays.asList(7L, null)))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("id");
        assertThat(server.requests).isEmpty();
    }

    @Test
    void a_uuid_is_written_and_read_in_its_usual_form() throws IOException {
        server.close();
        server = TestServer.answering(
                item(FIRST),
                TestServer.json(200, "[{\"id\":\"" + SECOND + "\"},{\"id\":\"" + FIRST + "\"}]"),
                TestServer.status(
                        201, "Location", "/api/v1/items/" + SECOND.toString().toUpperCase(Locale.ROOT) + "/"),
                item(SECOND));
        RemoteModel<Item, UUID> items = items();

        assertThat(items.get(FIRST).id()).isEqualTo(FIRST);
        assertThat(items.getAll(List.of(FIRST, SECOND)))
                .isEqualTo(Map.of(FIRST, new Item(FIRST), SECOND, new Item(SECOND)));
        assertThat(items.create(new Item(null)).id()).isEqualTo(SECOND);
        assertThat(server.requests)
                .extracting(RecordedRequest::getTarget)
                .containsExactly(
                        "/api/v1/items/" + FIRST,
                        "/api/v1/items?id__in=" + FIRST + "%2C" + SECOND,
                        "/api/v1/items",
                        "/api/v1/items/" + SECOND);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"x7x", "canary", "7d444840-9dc0-11d1-b245-5ffdce74fad", "7d4448409dc011d1b2455ffdce74fad2x"})
    void a_location_that_does_not_end_in_a_uuid_is_an_error(String last) throws IOException {
        server.close();
        server = TestServer.answering(TestServer.status(201, "Location", "/api/v1/items/" + last), item(FIRST));
        RemoteModel<Item, UUID> items = items();

        assertThatThrownBy(() -> items.create(new Item(null)))
                .isInstanceOf(RemoteDecodeException.class)
                .hasMessageContaining("Location")
                .message()
                .doesNotContain(last);
        assertThat(server.requests).hasSize(1);
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
