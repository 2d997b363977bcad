package dev.dowel.remotemodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import mockwebserver3.MockResponse;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BatchFailureTest {

    private TestServer server;

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    /** Knows the ids below 90; fails whenever 13 is asked for. */
    private static MockResponse answer(RecordedRequest request) {
        List<String> ids = asked(request);
        if (ids.contains("13")) {
            return TestServer.json(503, "{}")
                    .newBuilder()
                    .setHeader("Retry-After", "60")
                    .build();
        }
        if (request.getUrl().querySize() == 0) {
            long id = Long.parseLong(ids.get(0));
            return id < 90 ? TestServer.book(id) : TestServer.json(404, "{}");
        }
        return TestServer.json(
                200,
                ids.stream()
                        .filter(id -> Long.parseLong(id) < 90)
                        .map(id -> "{\"id\":" + id + ",\"title\":\"Book\"}")
                        .collect(Collectors.joining(",", "[", "]")));
    }

    private static List<String> asked(RecordedRequest request) {
        String in = request.getUrl().queryParameter("id__in");
        if (in != null) {
            return Arrays.asList(in.split(",", -1));
        }
        return request.getUrl().querySize() > 0
                ? request.getUrl().queryParameterValues("id")
                : List.of(request.getUrl().pathSegments().get(3));
    }

    private RemoteModel<Book, Long> books(BatchStyle style) throws IOException {
        server = new TestServer(BatchFailureTest::answer);
        return server.service()
                .build()
                .model("books", Book.class, IdCodec.LONG)
                .id(Book::id)
                .batch(style, 2)
                .build();
    }

    @ParameterizedTest
    @EnumSource(BatchStyle.class)
    void each_id_is_found_missing_or_failed(BatchStyle style) throws IOException {
        RemoteModel<Book, Long> books = books(style).in(TestServer.context());
        BatchResult<Book, Long> result = books.tryGetAll(List.of(5L, 99L, 13L, 14L, 6L, 5L, 98L));

        if (style == BatchStyle.NONE) {
            assertThat(result.found().keySet()).containsExactly(5L, 14L, 6L);
            assertThat(result.failed().keySet()).containsExactly(13L);
        } else {
            assertThat(result.found().keySet()).containsExactly(5L, 6L);
            assertThat(result.failed().keySet()).containsExactly(13L, 14L);
        }
        assertThat(result.missing()).containsExactly(99L, 98L);
        assertThat(result.failed().get(13L))
                .isInstanceOfSatisfying(
                        RemoteResponseException.Unavailable.class,
                        e -> assertThat(e.retryAfter()).contains(Duration.ofSeconds(60)));
        assertThat(result)
                .hasToString("BatchResult[" + result.found().size() + " found, 2 missing, "
                        + result.failed().size() + " failed]");
        assertThatThrownBy(() -> result.found().clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void a_failed_part_fails_the_call_with_what_was_found_before_and_nothing_more_is_asked() throws IOException {
        RemoteModel<Book, Long> books = books(BatchStyle.COMMA);
        BatchException e =
                catchThrowableOfType(BatchException.class, () -> books.getAll(List.of(2L, 1L, 13L, 14L, 5L)));

        assertThat(e.found()).isEqualTo(Map.of(1L, book(1), 2L, book(2)));
        assertThat(e.found().keySet().stream().map(Object::toString)).containsExactly("2", "1");
        assertThat(e.failure())
                .isInstanceOf(RemoteResponseException.Unavailable.class)
                .isSameAs(e.getCause());
        assertThat(e)
                .hasMessageContaining("found 2 of 5")
                .hasMessageContaining("answered 503")
                .message()
                .doesNotContain("id__in");
        assertThat(server.requests).hasSize(2);
    }

    private static Book book(long id) {
        return new Book(id, "Book", 0, null);
    }

    @Test
    void what_failed_is_asked_for_again_and_what_was_found_is_not() throws IOException {
        RemoteModel<Book, Long> books = books(BatchStyle.COMMA).in(TestServer.context());
        books.tryGetAll(List.of(1L, 99L, 13L, 14L));
        server.requests.clear();

        assertThat(books.tryGetAll(List.of(1L, 99L, 14L)).found().keySet()).containsExactly(1L, 14L);
        assertThat(server.requests).hasSize(1);
        assertThat(asked(server.requests.get(0))).containsExactly("14");
    }

    @Test
    void what_came_before_a_later_page_of_a_part_failed_is_kept() throws IOException {
        server = new TestServer(request -> request.getUrl().queryParameter("page") == null
                ? TestServer.json(200, "{\"next\":\"?page=2\",\"results\":[{\"id\":1}]}")
                : TestServer.status(400));
        RemoteModel<Book, Long> books = server.books();
        BatchResult<Book, Long> result = books.tryGetAll(List.of(1L, 2L));

        assertThat(result.found().keySet()).containsExactly(1L);
        assertThat(result.missing()).isEmpty();
        assertThat(result.failed().keySet()).containsExactly(2L);
    }

    @Test
    void an_answer_that_never_came_says_whether_the_call_was_sent() throws IOException {
        RemoteModel<Book, Long> books = books(BatchStyle.COMMA);
        server.close();

        assertThatThrownBy(() -> books.getAll(List.of(1L)))
                .cause()
                .isInstanceOfSatisfying(
                        RemoteCallException.class,
                        cause -> assertThat(cause.outcome()).isEqualTo(RemoteCallException.Outcome.NOT_SENT));
    }

    @Test
    void an_id_that_no_url_can_hold_is_the_services_fault_when_it_comes_from_there() throws IOException {
        server = TestServer.answering(TestServer.json(200, "[{\"title\":\"a/canary\"}]"));
        RemoteModel.Builder<Book, String> options = server.service().build().model("books", Book.class, IdCodec.STRING);

        assertThatThrownBy(() -> options.id(Book::title).build().getAll(List.of("a")))
                .hasCauseInstanceOf(RemoteDecodeException.class)
                .message()
                .contains("idPolicy")
                .doesNotContain("canary");
        assertThatThrownBy(() -> options.id(Book::nick).build().getAll(List.of("a")))
                .hasCauseInstanceOf(RemoteDecodeException.class);
    }

    @Test
    void an_id_that_is_refused_is_a_mistake_of_the_program_and_nothing_is_asked() throws IOException {
        server = new TestServer(BatchFailureTest::answer);
        RemoteModel<Book, String> books = Fixtures.texts(server, IdPolicy.STRICT);

        assertThatThrownBy(() -> books.tryGetAll(List.of("1", ".."))).isInstanceOf(IllegalArgumentException.class);
        assertThat(server.requests).isEmpty();
    }

    @Test
    void the_size_of_a_part_is_1_to_1000() throws IOException {
        server = new TestServer(BatchFailureTest::answer);
        RemoteModel.Builder<Book, Long> options = server.service().build().model("books", Book.class, IdCodec.LONG);

        assertThatThrownBy(() -> options.batch(BatchStyle.COMMA, 0)).hasMessageContaining("1 to 1,000");
        assertThatThrownBy(() -> options.batch(BatchStyle.COMMA, 1_001)).hasMessageContaining("1 to 1,000");
        assertThat(options.batch(BatchStyle.REPEATED, 1_000)).isSameAs(options);
    }
}
