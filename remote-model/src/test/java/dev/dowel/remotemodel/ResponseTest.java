package dev.dowel.remotemodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import mockwebserver3.MockResponse;
import okio.Buffer;
import okio.GzipSink;
import okio.Okio;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResponseTest {

    private TestServer server;

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    private RemoteModel<Book, Long> books(MockResponse... answers) throws IOException {
        server = TestServer.answering(answers);
        return server.books();
    }

    private static MockResponse html(int status) {
        return TestServer.status(status, "Content-Type", "text/html")
                .newBuilder()
                .body("<h1>canary</h1>")
                .build();
    }

    private static MockResponse text(int status) {
        return TestServer.status(status, "Content-Type", "text/plain")
                .newBuilder()
                .body("no route")
                .build();
    }

    @ParameterizedTest
    @ValueSource(ints = {404, 410})
    void only_an_empty_or_json_answer_means_absent(int status) throws IOException {
        assertThat(books(TestServer.status(status)).find(7L)).isEmpty();
        assertThat(books(TestServer.json(status, "{\"detail\":\"Not found.\"}")).find(7L))
                .isEmpty();
        for (MockResponse proxys : java.util.List.of(html(status), text(status))) {
            not_the_services_own(books(proxys));
        }
    }

    private void not_the_services_own(RemoteModel<Book, Long> wrong) {
        for (org.assertj.core.api.ThrowableAssert.ThrowingCallable call :
                java.util.List.<org.assertj.core.api.ThrowableAssert.ThrowingCallable>of(
                        () -> wrong.find(7L),
                        () -> wrong.get(7L),
                        () -> wrong.delete(7L),
                        () -> wrong.update(7L, Book.titled("x", 1)),
                        () -> wrong.patch(7L, Patch.of("price", 1)))) {
            assertThatThrownBy(call)
                    .isInstanceOf(RemoteResponseException.class)
                    .hasMessageContaining(server.base() + "/api/v1/books/7")
                    .hasMessageContaining("base URL");
        }
    }

    @Test
    void a_missing_list_is_not_an_empty_list() throws IOException {
        assertThatThrownBy(() -> books(TestServer.json(404, "{}")).filter(Query.all()))
                .isInstanceOf(RemoteResponseException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void a_redirect_is_not_followed_and_no_header_leaks(int status) throws IOException {
        TestServer foreign = TestServer.answering(TestServer.book(7));
        server = TestServer.answering(
                TestServer.status(status, "Location", foreign.base() + "/elsewhere?secret=canary#f"));
        RemoteModel<Book, Long> books =
                server.books().in(TestServer.context("X-Tenant", "t")).as(Credentials.bearer(() -> "token"));

        assertThatThrownBy(() -> books.get(7L))
                .isInstanceOfSatisfying(
                        RemoteResponseException.class,
                        e -> assertThat(e.status()).isEqualTo(status))
                .hasMessageContaining(foreign.base() + "/elsewhere")
                .message()
                .doesNotContain("canary");
        assertThatThrownBy(() -> books.create(Book.titled("x", 1))).isInstanceOf(RemoteResponseException.class);
        assertThatThrownBy(() -> books.delete(7L)).isInstanceOf(RemoteResponseException.class);
        assertThat(foreign.requests).isEmpty();
        foreign.close();
    }

    @Test
    void a_redirect_that_only_adds_a_slash_names_the_option() throws IOException {
        assertThatThrownBy(() -> books(TestServer.status(301, "Location", "/api/v1/books/7/"))
                        .get(7L))
                .hasMessageContaining("trailingSlash(true)");
        server = TestServer.answering(TestServer.status(301, "Location", "/api/v1/books/7"));
        assertThatThrownBy(() ->
                        TestServer.books(server.service().trailingSlash(true)).get(7L))
                .hasMessageContaining("trailingSlash(false)");
    }

    @Test
    void a_response_over_the_limit_is_refused_after_decompression() throws IOException {
        Buffer zipped = new Buffer();
        try (okio.BufferedSink sink = Okio.buffer(new GzipSink(zipped))) {
            sink.writeUtf8("{\"id\":7,\"title\":\"" + "x".repeat(100_000) + "\"}");
        }
        assertThat(zipped.size()).isLessThan(1_000);
        server = new TestServer(request -> new MockResponse.Builder()
                .setHeader("Content-Type", "application/json")
                .setHeader("Content-Encoding", "gzip")
                .body(zipped.clone())
                .build());
        RemoteModel<Book, Long> small = TestServer.books(server.service().maxResponseSize(10_000));

        assertThat(server.books().get(7L).title()).hasSize(100_000);
        assertThatThrownBy(() -> small.get(7L))
                .isInstanceOf(RemoteDecodeException.class)
                .hasMessageContaining("10000 bytes");
        assertThat(server.requests).hasSize(2);
    }

    @Test
    void ten_mebibytes_is_the_limit_unless_set() throws IOException {
        RemoteModel<Book, Long> books =
                books(TestServer.json(200, "{\"title\":\"" + "x".repeat(10 * 1024 * 1024) + "\"}"));

        assertThatThrownBy(() -> books.get(7L)).isInstanceOf(RemoteDecodeException.class);
    }

    @Test
    void of_an_error_64_kib_are_kept() throws IOException {
        RemoteModel<Book, Long> books = books(TestServer.json(500, "x".repeat(1_000_000)));
        RemoteResponseException e = catchThrowableOfType(RemoteResponseException.class, () -> books.get(7L));

        assertThat(e.body()).hasSize(64 * 1024);
    }

    @Test
    void a_problem_is_decoded_and_the_transport_status_wins() throws IOException {
        RemoteModel<Book, Long> books =
                books(TestServer.status(409, "Content-Type", "application/problem+json; charset=utf-8")
                        .newBuilder()
                        .body(
                                "{\"type\":\"https://x/t\",\"title\":\"Out of\\nstock\",\"status\":500,\"detail\":\"canary\",\"more\":1}")
                        .build());
        RemoteResponseException e =
                catchThrowableOfType(RemoteResponseException.class, () -> books.create(Book.titled("x", 1)));

        assertThat(e.status()).isEqualTo(409);
        assertThat(e.problem()).contains(new Problem("https://x/t", "Out of\nstock", "canary"));
        assertThat(e).hasMessageContaining("Out of stock").message().doesNotContain("canary");
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/problem+json", "application/json"})
    void a_problem_that_is_none_is_left_out(String type) throws IOException {
        RemoteModel<Book, Long> books = books(TestServer.status(409, "Content-Type", type)
                .newBuilder()
                .body("[oops")
                .build());
        RemoteResponseException e = catchThrowableOfType(RemoteResponseException.class, () -> books.get(7L));

        assertThat(e.problem()).isEmpty();
        assertThat(e.body()).isEqualTo("[oops".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void a_success_that_is_not_json_says_so() throws IOException {
        for (MockResponse answer : new MockResponse[] {html(200), TestServer.status(204), TestServer.json(200, "")}) {
            assertThatThrownBy(() -> books(answer).get(7L)).isInstanceOf(RemoteDecodeException.class);
        }
    }

    @Test
    void json_that_does_not_fit_says_where_and_not_what() throws IOException {
        assertThatThrownBy(() -> books(TestServer.json(200, "{\"id\":1,\n \"price\":\"canary\"}"))
                        .get(7L))
                .isInstanceOf(RemoteDecodeException.class)
                .hasMessageContaining(".price in line 2")
                .hasNoCause()
                .message()
                .doesNotContain("canary");
    }

    @Test
    void a_created_entity_without_a_body_is_fetched_from_its_location() throws IOException {
        RemoteModel<Book, Long> books =
                books(TestServer.status(201, "Location", "https://internal/api/v1/books/7"), TestServer.book(7));

        assertThat(books.create(Book.titled("x", 1)).id()).isEqualTo(7);
        assertThat(server.requests.get(1).getTarget()).isEqualTo("/api/v1/books/7");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "/api/v1/users/7", "/api/v1/books/", "/api/v1/books/x", "/api/v1/books/%2e%2e", "ftp://x"})
    void a_created_entity_that_cannot_be_found_is_an_error(String location) throws IOException {
        RemoteModel<Book, Long> books = books(TestServer.status(201, "Location", location), TestServer.book(7));

        assertThatThrownBy(() -> books.create(Book.titled("x", 1))).isInstanceOf(RemoteDecodeException.class);
        assertThat(server.requests).hasSize(1);
    }

    @Test
    void an_update_without_a_body_is_read_back() throws IOException {
        assertThat(books(TestServer.status(204), TestServer.book(7))
                        .update(7L, Book.titled("x", 1))
                        .title())
                .isEqualTo("Book 7");
    }

    @Test
    void a_patch_is_a_merge_patch_with_explicit_nulls_whatever_the_mapper_leaves_out() throws IOException {
        server = TestServer.answering(TestServer.book(7));
        ObjectMapper mapper = new ObjectMapper().setDefaultPropertyInclusion(JsonInclude.Include.NON_NULL);
        Map<String, Object> address = new java.util.HashMap<>();
        address.put("zip", null);
        RemoteModel.Builder<Book, Long> options =
                server.service().json(JsonCodec.jackson2(mapper)).build().model("books", Book.class, IdCodec.LONG);

        options.build().patch(7L, Patch.of("nick", null).and("address", address));
        options.patchMediaType("application/json").build().patch(7L, Patch.of("nick", "x"));

        assertThat(server.requests.get(0).getBody().utf8()).isEqualTo("{\"nick\":null,\"address\":{\"zip\":null}}");
        assertThat(server.requests.get(0).getHeaders().get("Content-Type")).isEqualTo("application/merge-patch+json");
        assertThat(server.requests.get(1).getHeaders().get("Content-Type")).isEqualTo("application/json");
    }

    @Test
    void a_mapper_with_default_typing_is_refused() {
        ObjectMapper mapper = new ObjectMapper();
        mapper.activateDefaultTyping(mapper.getPolymorphicTypeValidator());

        assertThatThrownBy(() -> JsonCodec.jackson2(mapper)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_message_says_method_url_status_and_title_and_leaves_out_the_query() throws IOException {
        RemoteModel<Book, Long> books =
                books(TestServer.status(429, "Content-Type", "application/problem+json", "Retry-After", "90")
                        .newBuilder()
                        .body("{\"title\":\"Too busy\",\"detail\":\"canary\"}")
                        .build());

        assertThatThrownBy(() -> books.filter(Query.where("title", "canary")))
                .hasMessage("GET " + server.base() + "/api/v1/books answered 429 (Too busy), retry after PT1M30S");
        assertThatThrownBy(() -> books.create(Book.titled("canary", 1)))
                .hasMessage("POST " + server.base() + "/api/v1/books answered 429 (Too busy), retry after PT1M30S");
    }
}
