package dev.dowel.remotemodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import mockwebserver3.MockResponse;
import mockwebserver3.RecordedRequest;
import okhttp3.HttpUrl;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BatchCheckTest {

    private TestServer server;

    @AfterEach
    void stop() {
        server.close();
    }

    /** Has the books 1, 2 and 3; a parameter it does not know is ignored. */
    private static MockResponse answer(RecordedRequest request, boolean comma, boolean repeated) {
        HttpUrl url = request.getUrl();
        List<String> ids = List.of("1", "2", "3");
        if (url.pathSize() > 3) {
            long id = Long.parseLong(url.pathSegments().get(3));
            return id <= 3 ? TestServer.book(id) : TestServer.json(404, "{}");
        }
        if (comma && url.queryParameter("id__in") != null) {
            ids = List.of(url.queryParameter("id__in").split(",", -1));
        } else if (url.queryParameter("id") != null) {
            // Without a filter for several values Django takes the last one.
            List<String> values = url.queryParameterValues("id");
            ids = repeated ? values : values.subList(values.size() - 1, values.size());
        }
        return TestServer.json(
                200,
                ids.stream()
                        .filter(id -> Long.parseLong(id) <= 3)
                        .map(id -> "{\"id\":" + id + "}")
                        .collect(Collectors.joining(",", "[", "]")));
    }

    private RemoteModel<Book, Long> books(BatchStyle style, boolean comma, boolean repeated) throws IOException {
        server = new TestServer(request -> answer(request, comma, repeated));
        return server.service()
                .build()
                .model("books", Book.class, IdCodec.LONG)
                .id(Book::id)
                .batch(style)
                .build();
    }

    @Test
    void a_service_that_understands_the_style_passes_with_one_call() throws IOException {
        RemoteModel<Book, Long> books = books(BatchStyle.COMMA, true, false);

        assertThatCode(() -> books.checkBatch(1L, 2L)).doesNotThrowAnyException();
        assertThat(server.requests).hasSize(1);
    }

    @Test
    void a_service_that_understands_another_style_says_which() throws IOException {
        RemoteModel<Book, Long> comma = books(BatchStyle.COMMA, false, true);
        assertThatThrownBy(() -> comma.checkBatch(1L, 2L))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(server.base() + "/api/v1/books ")
                .hasMessageContaining("BatchStyle.COMMA")
                .hasMessageContaining("use batch(BatchStyle.REPEATED)");
        server.close();
        RemoteModel<Book, Long> repeated = books(BatchStyle.REPEATED, true, false);
        assertThatThrownBy(() -> repeated.checkBatch(1L, 2L)).hasMessageContaining("use batch(BatchStyle.COMMA)");
    }

    @Test
    void a_service_that_understands_none_says_so() throws IOException {
        RemoteModel<Book, Long> books = books(BatchStyle.COMMA, false, false);

        assertThatThrownBy(() -> books.checkBatch(1L, 2L)).hasMessageContaining("use batch(BatchStyle.NONE)");
        server.close();
        RemoteModel<Book, Long> single = books(BatchStyle.NONE, false, false);
        assertThatCode(() -> single.checkBatch(1L, 2L)).doesNotThrowAnyException();
    }

    @Test
    void ids_that_do_not_exist_or_do_not_differ_check_nothing() throws IOException {
        RemoteModel<Book, Long> books = books(BatchStyle.COMMA, true, true);

        assertThatThrownBy(() -> books.checkBatch(1L, 9L))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("second id");
        assertThatThrownBy(() -> books.checkBatch(1L, 1L)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_service_that_is_down_is_not_a_wrong_style() throws IOException {
        server = TestServer.answering(TestServer.status(500));
        RemoteModel<Book, Long> books = server.books();

        assertThatThrownBy(() -> books.checkBatch(1L, 2L)).isInstanceOf(RemoteResponseException.ServerError.class);
    }

    @Test
    void a_check_leaves_nothing_behind_in_the_request() throws IOException {
        RequestContext context = TestServer.context();
        RemoteModel<Book, Long> books = books(BatchStyle.COMMA, false, false).in(context);

        assertThatThrownBy(() -> books.checkBatch(1L, 2L)).isInstanceOf(IllegalStateException.class);
        assertThat(context.cache().size()).isZero();
    }
}
