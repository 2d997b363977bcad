package dev.dowel.remotemodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import mockwebserver3.MockResponse;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BatchTest {

    private TestServer server;

    @AfterEach
    void stop() {
        server.close();
    }

    private static List<Long> ids(int number) {
        return LongStream.rangeClosed(1, number).boxed().toList();
    }

    private static MockResponse asked(RecordedRequest request) {
        String in = request.getUrl().queryParameter("id__in");
        List<String> ids = in == null ? request.getUrl().queryParameterValues("id") : List.of(in.split(",", -1));
        return TestServer.json(
                200,
                ids.stream()
                        .map(id -> "{\"id\": " + id + ", \"title\": \"a \\\"]},{ b\", \"more\": [1, {\"x\": []}]}")
                        .collect(Collectors.joining(" , ", "[ ", " ]")));
    }

    @Test
    void fifty_ids_are_one_call_and_each_is_cached() throws IOException {
        server = new TestServer(BatchTest::asked);
        RemoteModel<Book, Long> books = server.books().in(TestServer.context());

        assertThat(books.getAll(ids(50)).keySet()).containsExactlyElementsOf(ids(50));
        assertThat(books.get(17L)).isEqualTo(new Book(17L, "a \"]},{ b", 0, null));
        assertThat(books.getAll(ids(50))).hasSize(50);
        assertThat(server.requests).hasSize(1);
        assertThat(server.requests.get(0).getUrl().queryParameterNames()).containsExactly("id__in");
    }

    @Test
    void ids_are_asked_for_by_the_hundred() throws IOException {
        server = new TestServer(BatchTest::asked);

        assertThat(server.books().getAll(ids(250))).hasSize(250);
        assertThat(server.requests).hasSize(3);
    }

    @Test
    void no_url_is_longer_than_6000_bytes() throws IOException {
        server = new TestServer(request -> TestServer.json(200, "[]"));
        RemoteModel<Book, String> books = server.service()
                .build()
                .model("books", Book.class, IdCodec.STRING)
                .id(Book::title)
                .build();
        List<String> ids = Stream.iterate(1, i -> i + 1)
                .limit(100)
                .map(i -> i + "é".repeat(200))
                .toList();

        assertThat(books.getAll(ids)).isEmpty();
        assertThat(server.requests)
                .hasSizeGreaterThan(1)
                .allSatisfy(request ->
                        assertThat(request.getUrl().toString().length()).isLessThanOrEqualTo(6_000));
        assertThatThrownBy(() -> books.getAll(List.of("a,b"))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void what_is_missing_is_remembered_too() throws IOException {
        server = new TestServer(request -> TestServer.json(200, "{\"count\":0,\"next\":null,\"results\":[]}"));
        RemoteModel<Book, Long> books = server.books().in(TestServer.context());
        books.getAll(ids(2));

        assertThat(books.find(1L)).isEmpty();
        assertThat(books.getAll(ids(2))).isEmpty();
        assertThat(server.requests).hasSize(1);
    }

    @Test
    void every_chunk_is_read_to_its_last_page() throws IOException {
        DjangoServer django = new DjangoServer(2, "https://foreign.invalid");
        server = new TestServer(django::answer);
        RemoteModel<Book, Long> books = server.books().in(TestServer.context());
        ids(7).forEach(i -> books.create(Book.titled("Book", 1)));
        server.requests.clear();

        assertThat(books.getAll(ids(7))).hasSize(7);
        assertThat(server.requests).hasSize(4);
        assertThat(books.getAll(ids(7))).hasSize(7);
        assertThat(server.requests).hasSize(4);
    }

    @Test
    void a_service_that_ignores_the_filter_is_an_error() throws IOException {
        server = new TestServer(request -> TestServer.json(200, "[{\"id\":1},{\"id\":2}]"));

        assertThatThrownBy(() -> server.books().getAll(List.of(1L)))
                .isInstanceOf(BatchException.class)
                .hasCauseInstanceOf(RemoteDecodeException.class)
                .hasMessageContaining("not asked for");
    }

    @Test
    void ids_can_be_repeated_parameters_or_single_calls() throws IOException {
        server = new TestServer(request -> request.getUrl().querySize() > 0 ? asked(request) : TestServer.status(404));
        RemoteModel.Builder<Book, Long> options = server.service()
                .build()
                .model("books", Book.class, IdCodec.LONG)
                .id(Book::id);

        assertThat(options.batch(BatchStyle.REPEATED).build().getAll(ids(3))).hasSize(3);
        assertThat(server.requests.get(0).getUrl().queryParameterValues("id")).containsExactly("1", "2", "3");
        assertThat(options.batch(BatchStyle.NONE).build().getAll(ids(3))).isEmpty();
        assertThat(server.requests).hasSize(4);
    }

    @Test
    void without_a_way_to_read_ids_it_says_what_to_set() throws IOException {
        server = new TestServer(BatchTest::asked);
        RemoteModel<Book, Long> books = server.service()
                .build()
                .model("books", Book.class, IdCodec.LONG)
                .build();

        assertThatThrownBy(() -> books.getAll(ids(1))).hasMessageContaining("id(...)");
    }

    @Test
    void get_all_reads_no_more_pages_than_it_asked_for_entities_and_none_after_it_has_all() throws IOException {
        int[] page = {0};
        server = new TestServer(
                request -> TestServer.json(200, "{\"results\":[],\"next\":\"?cursor=" + page[0]++ + "\"}"));
        assertThatThrownBy(() -> server.books().getAll(List.of(1L, 2L)))
                .isInstanceOf(BatchException.class)
                .hasMessageContaining("more pages");
        assertThat(server.requests).hasSize(3);
        server.close();

        server = new TestServer(
                request -> TestServer.json(200, "{\"results\":[{\"id\":1}],\"next\":\"?cursor=" + page[0]++ + "\"}"));
        assertThat(server.books().getAll(List.of(1L))).hasSize(1);
        assertThat(server.requests).hasSize(1);
    }

    @Test
    void no_url_of_repeated_parameters_is_longer_than_6000_bytes() throws IOException {
        server = new TestServer(BatchTest::asked);
        RemoteModel<Book, Long> books = server.service()
                .build()
                .model("books", Book.class, IdCodec.LONG)
                .id(Book::id)
                .batch(BatchStyle.REPEATED, 1_000)
                .build();
        List<Long> ids = LongStream.range(1_000_000, 1_001_000).boxed().toList();

        assertThat(books.getAll(ids).keySet()).containsExactlyElementsOf(ids);
        // Each id takes 11 bytes, so that all take two URLs, the first as long as it may be.
        assertThat(server.requests)
                .hasSize(2)
                .allSatisfy(request ->
                        assertThat(request.getUrl().toString().length()).isLessThanOrEqualTo(6_000));
        assertThat(server.requests.get(0).getUrl().toString().length()).isGreaterThan(6_000 - 11);
    }

    @Test
    void neither_the_order_nor_the_size_of_an_answer_matters() throws IOException {
        server = TestServer.answering(TestServer.json(
                200, "[{\"id\":3,\"title\":\"c\"},{\"id\":1,\"title\":\"a\"},{\"id\":3,\"title\":\"c\"}]"));
        Map<Long, Book> found = server.books().getAll(List.of(1L, 2L, 3L, 1L));

        assertThat(found.keySet()).containsExactly(1L, 3L);
        found.forEach((id, book) -> assertThat(book.id()).isEqualTo(id));
        assertThat(server.requests.get(0).getUrl().queryParameter("id__in")).isEqualTo("1,2,3");
    }

    @Test
    void get_all_asks_only_for_what_the_request_has_not_read() throws IOException {
        server = new TestServer(request -> request.getUrl().querySize() > 0
                ? asked(request)
                : request.getUrl().encodedPath().endsWith("/2") ? TestServer.status(404) : TestServer.book(1));
        RemoteModel<Book, Long> books = server.books().in(TestServer.context());
        books.get(1L);
        books.find(2L);

        assertThat(books.getAll(List.of(1L, 2L, 3L)).keySet()).containsExactly(1L, 3L);
        assertThat(server.requests).hasSize(3);
        assertThat(server.requests.get(2).getUrl().queryParameter("id__in")).isEqualTo("3");
    }
}
