package dev.dowel.remotemodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.util.List;
import mockwebserver3.MockResponse;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WritingTest {

    private static final MockResponse DROPPED = new MockResponse.Builder()
            .onResponseStart(new SocketEffect.CloseSocket())
            .build();
    private static final Book NEW = Book.titled("New", 1);

    private TestServer server;

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    private RemoteService.Builder service(MockResponse... answers) throws IOException {
        server = TestServer.answering(answers);
        return server.service();
    }

    private RecordedRequest sent(int number) {
        return server.requests.get(number);
    }

    private List<String> keys() {
        return server.requests.stream()
                .map(request -> String.valueOf(request.getHeaders().get("Idempotency-Key")))
                .toList();
    }

    @Test
    void a_creation_with_an_idempotency_key_is_retried_with_the_same_key() throws IOException {
        RemoteModel<Book, Long> books = TestServer.books(
                service(DROPPED, TestServer.status(503), TestServer.book(5)).idempotencyKeys(true));

        assertThat(books.create(NEW).id()).isEqualTo(5L);
        assertThat(keys()).hasSize(3).allMatch(keys().get(0)::equals);
        assertThat(keys().get(0)).matches("\"[0-9a-f-]{36}\"");
        assertThat(server.requests)
                .allSatisfy(request -> assertThat(request.getBody()).isEqualTo(sent(0).getBody()));
    }

    @Test
    void each_logical_call_has_a_key_of_its_own() throws IOException {
        RemoteModel<Book, Long> books =
                TestServer.books(service(TestServer.book(5)).idempotencyKeys(true));
        books.create(NEW);
        books.create(NEW);
        books.patch(5L, Patch.of("price", 2));

        assertThat(keys()).doesNotHaveDuplicates().doesNotContain("null");
    }

    @Test
    void reads_updates_and_deletions_carry_no_key() throws IOException {
        RemoteModel<Book, Long> books =
                TestServer.books(service(TestServer.book(5)).idempotencyKeys(true));
        books.get(5L);
        books.update(5L, NEW);
        books.delete(5L);

        assertThat(keys()).containsOnly("null");
    }

    @Test
    void the_inbound_key_is_not_taken_over() throws IOException {
        RemoteModel<Book, Long> books =
                TestServer.books(service(TestServer.book(5)).idempotencyKeys(true));
        books.in(TestServer.context("Idempotency-Key", "inbound")).create(NEW);

        assertThat(keys()).noneMatch(key -> key.contains("inbound"));
    }

    @Test
    void a_key_of_the_callers_own_is_sent_and_lets_the_call_be_retried() throws IOException {
        RemoteModel<Book, Long> books = TestServer.books(service(DROPPED, TestServer.book(5)));

        assertThat(books.idempotencyKey("order 17").create(NEW).id()).isEqualTo(5L);
        assertThat(keys()).containsExactly("\"order 17\"", "\"order 17\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a\"b", "a\\b", "a\nb", "ä"})
    void a_key_that_cannot_be_sent_is_refused(String key) throws IOException {
        RemoteModel<Book, Long> books = TestServer.books(service(TestServer.book(5)));

        assertThatThrownBy(() -> books.idempotencyKey(key)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void an_entity_is_changed_only_while_it_is_the_one_that_was_read() throws IOException {
        MockResponse tagged =
                TestServer.book(5).newBuilder().setHeader("ETag", "\"v1\"").build();
        RemoteModel<Book, Long> books = TestServer.books(service(tagged, TestServer.status(412)));
        Tagged<Book> read = books.findTagged(5L).orElseThrow();

        assertThat(read.etag()).isEqualTo("\"v1\"");
        RemoteModel<Book, Long> guarded = books.ifMatch(read.etag());
        assertThatThrownBy(() -> guarded.update(5L, NEW))
                .isInstanceOf(RemoteResponseException.PreconditionFailed.class)
                .hasMessageContaining("read it again");
        assertThatThrownBy(() -> guarded.patch(5L, Patch.of("price", 2)))
                .isInstanceOf(RemoteResponseException.PreconditionFailed.class);
        assertThatThrownBy(() -> guarded.delete(5L)).isInstanceOf(RemoteResponseException.PreconditionFailed.class);
        assertThat(server.requests.subList(1, 4))
                .allSatisfy(request ->
                        assertThat(request.getHeaders().get("If-Match")).isEqualTo("\"v1\""));
        assertThat(sent(0).getHeaders().get("If-Match")).isNull();
    }

    @Test
    void an_inbound_if_match_is_not_taken_over() throws IOException {
        RemoteModel<Book, Long> books = TestServer.books(service(TestServer.book(5)));
        books.in(TestServer.context("If-Match", "\"inbound\"")).update(5L, NEW);

        assertThat(sent(0).getHeaders().get("If-Match")).isNull();
    }

    @Test
    void an_etag_is_read_again_when_the_request_knows_the_entity_from_a_list_only() throws IOException {
        MockResponse tagged =
                TestServer.book(5).newBuilder().setHeader("ETag", "W/\"v1\"").build();
        RemoteModel<Book, Long> books = TestServer.books(service(TestServer.json(200, "[{\"id\":5}]"), tagged))
                .in(TestServer.context());
        books.getAll(List.of(5L));

        assertThat(books.findTagged(5L).orElseThrow().etag()).isEqualTo("W/\"v1\"");
        assertThat(books.findTagged(5L).orElseThrow().etag()).isEqualTo("W/\"v1\"");
        assertThat(server.requests).hasSize(2);
    }

    @Test
    void a_missing_etag_is_an_error_and_a_missing_entity_is_not() throws IOException {
        RemoteModel<Book, Long> books = TestServer.books(service(TestServer.status(404), TestServer.book(5)));

        assertThat(books.findTagged(5L)).isEmpty();
        assertThatThrownBy(() -> books.findTagged(5L))
                .isInstanceOf(RemoteDecodeException.class)
                .hasMessageContaining("ETag");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "v1", "\"a\"b\"", "\"a\r\nX: 1\"", "W/*"})
    void what_is_no_etag_is_refused(String etag) throws IOException {
        RemoteModel<Book, Long> books = TestServer.books(service(TestServer.book(5)));

        assertThatThrownBy(() -> books.ifMatch(etag)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> books.ifMatch("*").create(NEW)).isInstanceOf(IllegalStateException.class);
        assertThat(server.requests).isEmpty();
    }

    @Test
    void swapped_verbs_create_with_put_and_update_with_post() throws IOException {
        RemoteModel<Book, Long> books = service(TestServer.book(5))
                .build()
                .model("books", Book.class, IdCodec.LONG)
                .verbs(Verbs.SWAPPED)
                .build();
        books.create(NEW);
        books.update(5L, NEW);

        assertThat(sent(0).getRequestLine()).startsWith("PUT /api/v1/books HTTP");
        assertThat(sent(1).getRequestLine()).startsWith("POST /api/v1/books/5 HTTP");
    }

    @Test
    void with_swapped_verbs_neither_creation_nor_update_is_sent_twice() throws IOException {
        RemoteModel<Book, Long> books = service(TestServer.status(503))
                .build()
                .model("books", Book.class, IdCodec.LONG)
                .verbs(Verbs.SWAPPED)
                .build();

        assertThatThrownBy(() -> books.create(NEW)).isInstanceOf(RemoteResponseException.Unavailable.class);
        assertThatThrownBy(() -> books.update(5L, NEW)).isInstanceOf(RemoteResponseException.Unavailable.class);
        assertThat(server.requests).hasSize(2);
    }

    @Test
    void an_update_without_an_answer_is_read_back() throws IOException {
        RemoteModel<Book, Long> books = TestServer.books(service(TestServer.status(204), TestServer.book(5)));

        assertThat(books.update(5L, NEW).title()).isEqualTo("Book 5");
        assertThat(sent(1).getRequestLine()).startsWith("GET /api/v1/books/5 HTTP");
    }

    private static final class EchoingBooks extends RemoteModel<Book, Long> {
        EchoingBooks(RemoteService service) {
            super(service.model("books", Book.class, IdCodec.LONG).echoOnNoContent());
        }
    }

    @Test
    void an_update_without_an_answer_gives_what_was_sent_where_that_will_do() throws IOException {
        Book echoed = new EchoingBooks(service(TestServer.status(204)).build()).update(5L, NEW);

        assertThat(echoed).isSameAs(NEW);
        assertThat(server.requests).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "/api/v1/books/5",
        "http://internal.invalid:8000/api/v1/books/5",
        "https://elsewhere.invalid/api/v1/books/5/",
        "5_is_not_enough"
    })
    void a_location_is_rebased_and_never_called(String location) throws IOException {
        RemoteModel<Book, Long> books =
                TestServer.books(service(TestServer.status(201, "Location", location), TestServer.book(5)));
        if (location.startsWith("5")) {
            assertThatThrownBy(() -> books.create(NEW)).isInstanceOf(RemoteDecodeException.class);
            assertThat(server.requests).hasSize(1);
        } else {
            assertThat(books.create(NEW).id()).isEqualTo(5L);
            assertThat(sent(1).getRequestLine()).startsWith("GET /api/v1/books/5 HTTP");
        }
    }

    @Test
    void the_outcome_of_a_creation_that_broke_off_is_unknown_with_or_without_a_key() throws IOException {
        RemoteModel<Book, Long> books = TestServer.books(service(DROPPED).idempotencyKeys(true));

        RemoteCallException e = catchThrowableOfType(RemoteCallException.class, () -> books.create(NEW));
        assertThat(e.outcome()).isEqualTo(RemoteCallException.Outcome.UNKNOWN);
        assertThat(server.requests).hasSize(3);
    }

    @Test
    void a_412_after_an_attempt_that_got_lost_may_be_our_own_doing() throws IOException {
        RemoteModel<Book, Long> books = TestServer.books(service(DROPPED, TestServer.status(412)));

        RemoteCallException e = catchThrowableOfType(
                RemoteCallException.class, () -> books.ifMatch("\"v1\"").update(5L, NEW));
        assertThat(e.outcome()).isEqualTo(RemoteCallException.Outcome.UNKNOWN);
        assertThat(e)
                .hasCauseInstanceOf(RemoteResponseException.PreconditionFailed.class)
                .hasMessageContaining("may have been carried out");
        assertThat(server.requests).hasSize(2);
    }

    @Test
    void a_409_for_a_key_that_was_sent_before_may_be_our_own_doing() throws IOException {
        RemoteModel<Book, Long> books =
                TestServer.books(service(DROPPED, TestServer.status(409)).idempotencyKeys(true));

        assertThatThrownBy(() -> books.create(NEW))
                .isInstanceOf(RemoteCallException.class)
                .hasCauseInstanceOf(RemoteResponseException.Conflict.class);
    }

    @Test
    void a_creation_that_replaced_what_the_request_had_read_forgets_it() throws IOException {
        RemoteModel<Book, Long> books = TestServer.books(service(
                        TestServer.book(5),
                        TestServer.json(200, "{\"id\":5,\"title\":\"New\"}"),
                        TestServer.json(200, "{\"id\":5,\"title\":\"New\"}")))
                .in(TestServer.context());
        books.get(5L);
        books.create(new Book(5L, "New", 1, null));

        assertThat(books.get(5L).title()).isEqualTo("New");
    }

    @Test
    void a_patch_without_an_answer_is_read_back_even_where_updates_give_what_was_sent() throws IOException {
        RemoteModel<Book, Long> books = new EchoingBooks(
                service(TestServer.status(204), TestServer.book(5)).build());

        assertThat(books.patch(5L, Patch.of("price", 9))).isEqualTo(new Book(5L, "Book 5", 5, null));
        assertThat(sent(1).getRequestLine()).startsWith("GET /api/v1/books/5 HTTP");
    }
}
