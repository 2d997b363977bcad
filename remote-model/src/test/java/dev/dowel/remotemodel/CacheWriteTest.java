package dev.dowel.remotemodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import mockwebserver3.MockResponse;
import mockwebserver3.SocketEffect;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What writes within a request do to what it has read. */
class CacheWriteTest {

    private TestServer server;

    @AfterEach
    void stop() {
        server.close();
    }

    private RemoteModel<Book, Long> django(RequestContext context) throws IOException {
        DjangoServer django = new DjangoServer(100, "http://internal.invalid");
        server = new TestServer(django::answer);
        return server.books().in(context);
    }

    @Test
    void an_absent_entity_is_remembered_until_one_is_created() throws IOException {
        RemoteModel<Book, Long> books = django(TestServer.context());
        assertThat(books.find(1L)).isEmpty();
        assertThat(books.find(1L)).isEmpty();
        assertThat(server.requests).hasSize(1);

        books.create(Book.titled("New", 1));

        assertThat(books.find(1L)).isPresent();
    }

    @Test
    void a_write_is_seen_by_the_reads_after_it() throws IOException {
        RemoteModel<Book, Long> books = django(TestServer.context());
        books.create(Book.titled("A", 1));
        books.create(Book.titled("B", 1));
        for (RemoteModel<Book, Long> each : List.of(books, books.as(Credentials.bearer(() -> "other")))) {
            each.get(1L);
            each.get(2L);
            each.filter(Query.all()).items();
        }
        int before = server.requests.size();

        books.patch(1L, Patch.of("title", "C"));

        assertThat(books.get(1L).title()).isEqualTo("C");
        assertThat(books.as(Credentials.bearer(() -> "other")).get(1L).title()).isEqualTo("C");
        assertThat(books.filter(Query.all()).items()).extracting(Book::title).containsExactly("C", "B");
        assertThat(books.get(2L).title()).isEqualTo("B");
        assertThat(server.requests).hasSize(before + 4);
        books.delete(2L);
        assertThat(books.find(2L)).isEmpty();
    }

    @Test
    void a_write_that_failed_drops_the_entry_too() throws IOException {
        server = new TestServer(
                request -> request.getMethod().equals("GET") ? TestServer.book(7) : TestServer.status(500));
        RemoteModel<Book, Long> books = server.books().in(TestServer.context());
        books.get(7L);
        assertThatThrownBy(() -> books.delete(7L)).isInstanceOf(RemoteResponseException.class);
        books.get(7L);

        assertThat(server.requests).hasSize(3);
    }

    @Test
    void a_slow_read_from_before_a_write_is_neither_stored_nor_joined() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        AtomicInteger gets = new AtomicInteger();
        server = new TestServer(request -> {
            if (request.getMethod().equals("DELETE")) {
                return TestServer.status(204);
            }
            if (gets.incrementAndGet() > 1) {
                return TestServer.status(404);
            }
            asked.countDown();
            await(answer);
            return TestServer.book(7);
        });
        RemoteModel<Book, Long> books = server.books().in(TestServer.context());
        ExecutorService threads = Executors.newSingleThreadExecutor();
        Future<Book> old = threads.submit(() -> books.get(7L));
        asked.await();
        books.delete(7L);
        assertThat(books.find(7L)).isEmpty();
        answer.countDown();

        assertThat(old.get(5, TimeUnit.SECONDS)).isNotNull();
        assertThat(books.find(7L)).isEmpty();
        threads.shutdown();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private long lists() {
        return server.requests.stream()
                .filter(request ->
                        request.getMethod().equals("GET") && request.getUrl().pathSize() == 3)
                .count();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_creation_drops_the_lists(boolean idsAreKnown) throws IOException {
        server = new TestServer(new DjangoServer(100, "http://internal.invalid")::answer);
        RemoteModel.Builder<Book, Long> options = server.service().build().model("books", Book.class, IdCodec.LONG);
        RemoteModel<Book, Long> books =
                (idsAreKnown ? options.id(Book::id) : options).build().in(TestServer.context());
        assertThat(books.filter(Query.all()).items()).isEmpty();
        books.create(Book.titled("New", 1));

        assertThat(books.filter(Query.all()).items()).extracting(Book::title).containsExactly("New");
        assertThat(lists()).isEqualTo(2);
    }

    @Test
    void an_update_drops_the_item_and_the_lists_and_no_other_item() throws IOException {
        RemoteModel<Book, Long> books = django(TestServer.context());
        books.create(Book.titled("A", 1));
        books.create(Book.titled("B", 1));
        books.get(1L);
        books.get(2L);
        books.filter(Query.all());
        server.requests.clear();

        books.update(1L, Book.titled("C", 2));

        assertThat(books.get(1L).title()).isEqualTo("C");
        assertThat(books.get(2L).title()).isEqualTo("B");
        assertThat(books.filter(Query.all()).items()).extracting(Book::title).containsExactly("C", "B");
        assertThat(server.requests)
                .extracting(
                        request -> request.getMethod() + " " + request.getUrl().encodedPath())
                .containsExactly("PUT /api/v1/books/1", "GET /api/v1/books/1", "GET /api/v1/books");
    }

    @Test
    void a_write_whose_outcome_is_unknown_drops_too() throws IOException {
        server = new TestServer(request -> {
            if (!request.getMethod().equals("GET")) {
                return new MockResponse.Builder()
                        .onResponseStart(new SocketEffect.CloseSocket())
                        .build();
            }
            return request.getUrl().pathSize() > 3 ? TestServer.book(7) : TestServer.json(200, "[{\"id\":7}]");
        });
        RemoteModel<Book, Long> books = server.books().in(TestServer.context());
        List<ThrowingCallable> writes = List.of(
                () -> books.create(Book.titled("x", 1)),
                () -> books.update(7L, Book.titled("x", 1)),
                () -> books.patch(7L, Patch.of("price", 1)),
                () -> books.delete(7L));
        for (ThrowingCallable write : writes) {
            books.get(7L);
            books.filter(Query.all());
            assertThat(catchThrowableOfType(RemoteCallException.class, write).outcome())
                    .isEqualTo(RemoteCallException.Outcome.UNKNOWN);
            server.requests.clear();
            books.filter(Query.all());
            books.get(7L);

            boolean created = write == writes.get(0);
            assertThat(server.requests).hasSize(created ? 1 : 2);
        }
    }
}
