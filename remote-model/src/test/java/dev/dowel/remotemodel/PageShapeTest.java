package dev.dowel.remotemodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Function;
import mockwebserver3.MockResponse;
import mockwebserver3.RecordedRequest;
import okhttp3.HttpUrl;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Five books in pages of two, in every shape. */
class PageShapeTest {

    private TestServer server;

    @AfterEach
    void stop() {
        server.close();
    }

    enum Shape {
        DJANGO_NUMBER(true),
        DJANGO_OFFSET(true),
        DJANGO_CURSOR(false),
        LINK(false),
        SPRING_PAGE(true),
        SPRING_SLICE(false),
        SPRING_PAGED_MODEL(true);

        final boolean counts;

        Shape(boolean counts) {
            this.counts = counts;
        }

        MockResponse answer(RecordedRequest request) {
            HttpUrl url = request.getUrl();
            return switch (this) {
                case DJANGO_NUMBER -> {
                    int page = number(url, "page", 1);
                    yield django(page - 1, next(url, "page", page + 1), true);
                }
                case DJANGO_OFFSET -> {
                    int offset = number(url, "offset", 0);
                    yield django(offset / 2, next(url, "offset", offset + 2) + "&limit=2", true);
                }
                case DJANGO_CURSOR -> {
                    String cursor = url.queryParameter("cursor");
                    int page = cursor == null ? 0 : cursor.charAt(0) - '0';
                    String next = url.newBuilder()
                            .setQueryParameter("cursor", (page + 1) + "+/=&é")
                            .build()
                            .toString();
                    yield django(page, next, false);
                }
                case LINK -> {
                    int page = number(url, "page", 1);
                    MockResponse.Builder answer =
                            TestServer.json(200, items(page - 1)).newBuilder();
                    answer.addHeader("Link", "<?page=" + (page - 1) + ">; rel=prev, <?page=1>; rel=\"first\"");
                    if (page < 3) {
                        answer.addHeader(
                                "Link", "<" + next(url, "page", page + 1) + ">; title=\", \"; rel=\"last next\"");
                    }
                    yield answer.build();
                }
                default -> spring(number(url, "page", 0));
            };
        }

        private static int number(HttpUrl url, String name, int first) {
            String value = url.queryParameter(name);
            return value == null ? first : Integer.parseInt(value);
        }

        private static String next(HttpUrl url, String name, int value) {
            HttpUrl next = url.newBuilder().setQueryParameter(name, "" + value).build();
            return "http://internal.invalid" + next.encodedPath() + "?" + next.encodedQuery();
        }

        private static MockResponse django(int page, String next, boolean count) {
            return TestServer.json(
                    200,
                    "{" + (count ? "\"count\":5," : "") + "\"next\":" + (page < 2 ? "\"" + next + "\"" : "null")
                            + ",\"previous\":null,\"results\":" + items(page) + "}");
        }

        private MockResponse spring(int page) {
            String numbers = "\"size\":2,\"number\":" + page + ",\"totalElements\":5,\"totalPages\":3";
            String rest = switch (this) {
                case SPRING_PAGE ->
                    numbers + ",\"last\":" + (page == 2) + ",\"first\":false,\"empty\":false,"
                            + "\"pageable\":{\"pageNumber\":" + page + ",\"sort\":{\"sorted\":true}}";
                case SPRING_SLICE -> "\"size\":2,\"number\":" + page + ",\"last\":" + (page == 2);
                default -> "\"page\":{" + numbers + "}";
            };
            return TestServer.json(200, "{\"content\":" + items(page) + "," + rest + "}");
        }

        private static String items(int page) {
            List<String> items = new ArrayList<>();
            for (int id = 2 * page + 1; id <= Math.min(2 * page + 2, 5); id++) {
                items.add("{\"id\":" + id + ",\"title\":\"Book " + id + "\"}");
            }
            return "[" + String.join(",", items) + "]";
        }
    }

    private RemoteModel<Book, Long> books(Function<RecordedRequest, MockResponse> answers) throws IOException {
        server = new TestServer(answers);
        return server.service()
                .build()
                .model("books", Book.class, IdCodec.LONG)
                .id(Book::id)
                .listItemsAreComplete()
                .build();
    }

    @ParameterizedTest
    @EnumSource(Shape.class)
    void every_shape_is_read_to_its_end(Shape shape) throws IOException {
        RemoteModel<Book, Long> books = books(shape::answer);
        Page<Book> first = books.filter(Query.where("title__contains", "Bö&k").size(2));

        assertThat(first.stream().map(Book::id)).containsExactly(1L, 2L, 3L, 4L, 5L);
        assertThat(first.count()).isEqualTo(shape.counts ? OptionalLong.of(5) : OptionalLong.empty());
        assertThat(server.requests).hasSize(3).allSatisfy(request -> {
            assertThat(request.getUrl().queryParameter("title__contains"))
                    .isEqualTo(shape == Shape.LINK && request.getUrl().querySize() == 1 ? null : "Bö&k");
            assertThat(request.getUrl().encodedPath()).isEqualTo("/api/v1/books");
        });
    }

    @ParameterizedTest
    @EnumSource(Shape.class)
    void every_shape_works_through_the_cache_and_fills_items_byte_for_byte(Shape shape) throws IOException {
        RequestContext context = TestServer.context();
        RemoteModel<Book, Long> books = books(shape::answer).in(context);

        for (int round = 0; round < 2; round++) {
            assertThat(books.filter(Query.all()).stream().map(Book::id)).containsExactly(1L, 2L, 3L, 4L, 5L);
        }
        assertThat(books.get(5L).title()).isEqualTo("Book 5");
        assertThat(server.requests).hasSize(3);
    }

    @ParameterizedTest
    @EnumSource(Shape.class)
    void every_shape_serves_get_all(Shape shape) throws IOException {
        assertThat(books(shape::answer).getAll(List.of(5L, 4L, 3L, 2L, 1L))).hasSize(5);
        assertThat(server.requests).hasSize(3);
    }

    @Test
    void a_cursor_comes_back_as_it_was_given() throws IOException {
        books(Shape.DJANGO_CURSOR::answer).filter(Query.all()).next();

        assertThat(server.requests.get(1).getUrl().queryParameter("cursor")).isEqualTo("1+/=&é");
    }

    @Test
    void an_array_without_links_is_the_whole_list_and_one_with_links_is_a_part() throws IOException {
        assertThat(books(request -> TestServer.json(200, "[{\"id\":1}]"))
                        .filter(Query.all())
                        .count())
                .hasValue(1);
        server.close();
        Page<Book> last = books(request -> TestServer.json(200, "[{\"id\":1}]")
                        .newBuilder()
                        .setHeader("Link", "<?page=1>; rel=prev")
                        .build())
                .filter(Query.all());
        assertThat(last.count()).isEmpty();
        assertThat(last.next()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"</api/v1/users?page=2>; rel=next", "<http://[x>; rel=next", "<file:///x>; rel=next"})
    void a_link_header_to_something_else_is_refused_after_its_page(String link) throws IOException {
        Page<Book> page = books(request -> TestServer.json(200, "[{\"id\":1}]")
                        .newBuilder()
                        .setHeader("Link", link)
                        .build())
                .filter(Query.all());

        assertThat(page.items()).hasSize(1);
        assertThatThrownBy(page::next).isInstanceOf(RemoteDecodeException.class).hasMessageContaining("next link");
    }

    @Test
    void a_link_header_to_a_foreign_host_is_asked_of_our_own_service_with_our_credentials() throws IOException {
        try (TestServer foreign = TestServer.answering(TestServer.json(200, "[]"))) {
            int[] number = {0};
            RemoteModel<Book, Long> books = books(request -> TestServer.json(200, "[{\"id\":1}]")
                    .newBuilder()
                    .setHeader("Link", number[0]++ > 0 ? "" : "<" + foreign.base() + "/api/v1/books?page=2>; rel=next")
                    .build());
            books.as(Credentials.bearer(() -> "mine")).filter(Query.all()).next();

            assertThat(foreign.requests).isEmpty();
            assertThat(server.requests.get(1).getTarget()).isEqualTo("/api/v1/books?page=2");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"content\":[]}",
                "{\"content\":[],\"last\":false}",
                "{\"content\":[],\"number\":0}",
                "{\"content\":[],\"totalPages\":3}",
                "{\"content\":[],\"page\":{\"number\":0}}"
            })
    void content_that_does_not_say_whether_it_is_the_last_is_not_cut_silently(String body) throws IOException {
        Page<Book> page = books(request -> TestServer.json(200, body)).filter(Query.all());

        assertThatThrownBy(page::next).isInstanceOf(RemoteDecodeException.class).hasMessageContaining("last page");
    }

    @Test
    void a_service_that_counts_pages_from_one_in_the_query_only_gives_no_page_twice() throws IOException {
        RemoteModel<Book, Long> books = books(request -> {
            String page = request.getUrl().queryParameter("page");
            int number = page == null ? 0 : Integer.parseInt(page) - 1;
            return TestServer.json(200, "{\"content\":[{\"id\":1}],\"last\":false,\"number\":" + number + "}");
        });
        List<Long> seen = new ArrayList<>();

        assertThatThrownBy(() -> books.filter(Query.all()).stream().forEach(book -> seen.add(book.id())))
                .isInstanceOf(PageException.class)
                .hasMessageContaining("one-indexed");
        assertThat(seen).containsExactly(1L);
    }

    @Test
    void a_page_that_fails_says_how_many_were_handed_out() throws IOException {
        RemoteModel<Book, Long> books =
                books(request -> "2".equals(request.getUrl().queryParameter("page"))
                        ? TestServer.status(400)
                        : Shape.SPRING_PAGE.answer(request));
        List<Long> seen = new ArrayList<>();
        PageException e = catchThrowableOfType(
                PageException.class, () -> books.filter(Query.all()).stream().forEach(book -> seen.add(book.id())));

        assertThat(e.pageIndex()).isEqualTo(2);
        assertThat(e).hasMessageContaining("page 2").hasCauseInstanceOf(RemoteResponseException.BadRequest.class);
        assertThat(seen).containsExactly(1L, 2L, 3L, 4L);
        Page<Book> second = books.filter(Query.all()).next().orElseThrow();
        assertThat(catchThrowableOfType(
                                PageException.class, () -> second.stream().count())
                        .pageIndex())
                .isEqualTo(1);
        assertThatThrownBy(second::next).isInstanceOf(RemoteResponseException.BadRequest.class);
    }

    @Test
    void the_first_page_fails_as_it_is() throws IOException {
        RemoteModel<Book, Long> books = books(request -> TestServer.status(403));

        assertThatThrownBy(() -> books.filter(Query.all())).isInstanceOf(RemoteResponseException.Forbidden.class);
    }

    @Test
    void a_page_that_failed_can_be_asked_for_again() throws IOException {
        int[] failures = {1};
        RemoteModel<Book, Long> books = books(
                        request -> "1".equals(request.getUrl().queryParameter("page")) && failures[0]-- > 0
                                ? TestServer.status(400)
                                : Shape.SPRING_PAGE.answer(request))
                .in(TestServer.context());
        Page<Book> first = books.filter(Query.all());

        assertThatThrownBy(first::next).isInstanceOf(RemoteResponseException.class);
        assertThat(first.next().orElseThrow().items()).hasSize(2);
    }
}
