package dev.dowel.remotemodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import mockwebserver3.MockResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PagingTest {

    private TestServer server;
    private TestServer foreign;

    @AfterEach
    void stop() {
        server.close();
        if (foreign != null) {
            foreign.close();
        }
    }

    private static MockResponse page(String next, String results) {
        return TestServer.json(200, "{\"next\":\"" + next + "\",\"results\":" + results + "}");
    }

    @Test
    void a_link_to_a_foreign_host_is_asked_of_our_own_service() throws IOException {
        foreign = TestServer.answering(TestServer.json(200, "[]"));
        server = TestServer.answering(
                page(foreign.base() + "/api/v1/books?page=2", "[{\"id\":1}]"),
                page("http://user:pw@other.invalid/api/v1/books/?page=3#x", "[{\"id\":2}]"),
                page("?page=4", "[{\"id\":3}]"),
                TestServer.json(200, "[{\"id\":4}]"));
        RemoteModel<Book, Long> books = server.books().as(Credentials.bearer(() -> "canary"));

        assertThat(books.filter(Query.all()).stream().map(Book::id)).containsExactly(1L, 2L, 3L, 4L);
        assertThat(foreign.requests).isEmpty();
        assertThat(server.requests)
                .extracting(request -> request.getTarget())
                .containsExactly(
                        "/api/v1/books", "/api/v1/books?page=2", "/api/v1/books?page=3", "/api/v1/books?page=4");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/api/v1/users?page=2", "https://h/api/v1/books/1?x", "/api/v2/books?page=2", "ftp://h/x", "x"})
    void a_link_to_something_else_is_refused(String next) throws IOException {
        server = TestServer.answering(page(next, "[{\"id\":1}]"));
        Page<Book> page = server.books().filter(Query.all());

        assertThatThrownBy(page::next).isInstanceOf(RemoteDecodeException.class);
        assertThat(server.requests).hasSize(1);
    }

    @Test
    void a_link_without_the_path_of_our_base_url_is_to_the_same_list() throws IOException {
        server = TestServer.answering(page("http://internal/api/v1/books?page=2", "[]"), TestServer.json(200, "[]"));
        RemoteModel<Book, Long> books = RemoteService.builder("x", server.base().resolve("/gateway"))
                .build()
                .model("books", Book.class, IdCodec.LONG)
                .build();
        books.filter(Query.all()).next();

        assertThat(server.requests.get(1).getTarget()).isEqualTo("/gateway/api/v1/books?page=2");
    }

    @Test
    void pages_that_lead_in_a_circle_are_noticed() throws IOException {
        server = new TestServer(request ->
                page("2".equals(request.getUrl().queryParameter("page")) ? "?page=1" : "?page=2", "[{\"id\":1}]"));

        assertThatThrownBy(() -> server.books().filter(Query.all()).stream().count())
                .isInstanceOf(PageException.class)
                .hasCauseInstanceOf(RemoteDecodeException.class)
                .hasMessageContaining("already read");
        assertThat(server.requests).hasSize(3);
        assertThatThrownBy(() -> server.books().getAll(java.util.List.of(1L, 2L)))
                .isInstanceOf(BatchException.class)
                .hasCauseInstanceOf(RemoteDecodeException.class);
    }

    @Test
    void an_empty_page_that_links_to_itself_is_the_last() throws IOException {
        server = new TestServer(request -> page("?page=2", "[]"));

        assertThat(server.books().filter(Query.all()).stream()).isEmpty();
        assertThat(server.requests).hasSize(2);
    }

    @Test
    void a_stream_fetches_no_page_before_it_is_needed_and_stops_at_its_limit() throws IOException {
        server = new TestServer(request -> {
            String page = request.getUrl().queryParameter("page");
            int next = page == null ? 2 : Integer.parseInt(page) + 1;
            return page("?page=" + next, "[{\"id\":" + next + "}]");
        });
        Page<Book> first = server.books().filter(Query.all());

        assertThat(first.stream().limit(1)).hasSize(1);
        assertThat(server.requests).hasSize(1);
        assertThat(first.stream(3)).hasSize(3);
        assertThat(server.requests).hasSize(3);
        assertThatThrownBy(() -> first.stream().count())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("1000");
        assertThatThrownBy(() -> first.stream(0)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"items\":[]}", "[null]", "[1]", "\"x\"", "null", "", "[{\"id\":1}", "[] []"})
    void what_is_not_a_list_is_an_error(String body) throws IOException {
        server = TestServer.answering(TestServer.json(200, body));

        assertThatThrownBy(() -> server.books().filter(Query.all())).isInstanceOf(RemoteDecodeException.class);
    }

    @Test
    void a_link_too_long_for_a_page_is_refused() throws IOException {
        server = TestServer.answering(page("?cursor=" + "x".repeat(10_000), "[{\"id\":1}]"));
        Page<Book> first = server.books().filter(Query.all());

        assertThatThrownBy(first::next).isInstanceOf(RemoteDecodeException.class);
        assertThat(server.requests).hasSize(1);
    }

    @Test
    void each_page_is_asked_for_with_the_token_of_its_time() throws IOException {
        server = TestServer.answering(page("?page=2", "[{\"id\":1}]"), TestServer.json(200, "[]"));
        int[] token = {0};
        TestServer.books(server.service().credentials(Credentials.bearer(() -> "t" + ++token[0])))
                .filter(Query.all())
                .next();

        assertThat(server.requests.get(0).getHeaders().get("Authorization")).isEqualTo("Bearer t1");
        assertThat(server.requests.get(1).getHeaders().get("Authorization")).isEqualTo("Bearer t2");
    }

    @Test
    void the_next_page_is_asked_for_as_the_first_one_was_whoever_is_bound_to_the_thread() throws Exception {
        server = TestServer.answering(page("?page=2", "[{\"id\":1}]"), TestServer.json(200, "[{\"id\":2}]"));
        RequestContext alice = TestServer.context("traceparent", "00-alice");
        RequestContext bob = TestServer.context("traceparent", "00-bob");
        Page<Book> first = server.books()
                .in(alice)
                .as(Credentials.bearer(() -> "of-alice"))
                .filter(Query.where("title", "x"));
        ExecutorService pool = Executors.newSingleThreadExecutor();
        try {
            assertThat(bob.wrap(pool)
                            .submit(() -> first.next().orElseThrow().items())
                            .get(10, TimeUnit.SECONDS))
                    .extracting(Book::id)
                    .containsExactly(2L);
        } finally {
            pool.shutdown();
        }

        assertThat(server.requests).hasSize(2).allSatisfy(request -> {
            assertThat(request.getHeaders().values("traceparent")).containsExactly("00-alice");
            assertThat(request.getHeaders().values("Authorization")).containsExactly("Bearer of-alice");
        });
    }

    @Test
    void a_page_iterates_over_itself_and_those_after_it() throws IOException {
        server = TestServer.answering(page("?page=2", "[{\"id\":1}]"), TestServer.json(200, "[{\"id\":2}]"));
        List<Long> ids = new java.util.ArrayList<>();
        for (Book book : server.books().filter(Query.all())) {
            ids.add(book.id());
        }

        assertThat(ids).containsExactly(1L, 2L);
    }

    @Test
    void results_without_any_word_on_other_pages_are_not_taken_for_all() throws IOException {
        server = TestServer.answering(TestServer.json(200, "{\"results\":[{\"id\":1}],\"paging\":{\"after\":\"x\"}}"));
        assertThatThrownBy(() -> server.books().filter(Query.all()))
                .isInstanceOf(RemoteDecodeException.class)
                .hasMessageContaining("neither next nor previous nor count");
        server.close();

        server = TestServer.answering(
                TestServer.json(200, "{\"results\":[{\"id\":1}],\"next\":null,\"previous\":null}"));
        assertThat(server.books().filter(Query.all()).stream()).hasSize(1);
    }
}
