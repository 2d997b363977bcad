package dev.dowel.remotemodel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What drops entries, and which read may store one. */
class CacheInvalidationTest extends CacheScenario {

    @Test
    void fresh_asks_again_and_keeps_what_came_for_get_get_all_and_filter() throws IOException {
        AtomicInteger count = new AtomicInteger();
        server = new TestServer(request -> TestServer.json(
                200,
                (request.getUrl().pathSize() > 3 ? "%s" : "[%s]")
                        .formatted("{\"id\":7,\"title\":\"" + count.incrementAndGet() + "\"}")));
        RemoteModel<Book, Long> books = server.books().in(context());
        List<Long> ids = List.of(7L);

        assertThat(books.get(7L).title()).isEqualTo("1");
        assertThat(books.fresh().get(7L).title()).isEqualTo("2");
        assertThat(books.get(7L).title()).isEqualTo("2");
        assertThat(books.fresh().getAll(ids).get(7L).title()).isEqualTo("3");
        assertThat(books.getAll(ids).get(7L).title()).isEqualTo("3");
        assertThat(books.get(7L).title()).isEqualTo("3");
        assertThat(books.filter(Query.all()).items().get(0).title()).isEqualTo("4");
        assertThat(books.fresh().filter(Query.all()).items().get(0).title()).isEqualTo("5");
        assertThat(books.filter(Query.all()).items().get(0).title()).isEqualTo("5");
        assertThat(books.get(7L).title()).isEqualTo("3");
        assertThat(server.requests).hasSize(5);
    }

    @Test
    void forget_drops_one_kind_of_entity_whoever_read_it() throws IOException {
        server = new TestServer(CacheScenario::any);
        RequestContext context = context();
        RemoteService service = server.service().build();
        RemoteModel<Book, Long> books = model(service, "books").in(context);
        RemoteModel<Book, Long> users = model(service, "users").in(context);
        RemoteModel<Book, Long> bob = books.as(Credentials.bearer(() -> "bob"));
        for (RemoteModel<Book, Long> each : List.of(books, bob, users)) {
            each.get(7L);
            each.filter(Query.all());
        }
        server.requests.clear();

        context.forget("library", "books");
        context.forget("elsewhere", "users");
        for (RemoteModel<Book, Long> each : List.of(books, bob, users)) {
            each.get(7L);
            each.filter(Query.all());
        }

        assertThat(server.requests)
                .hasSize(4)
                .allMatch(request -> request.getUrl().encodedPath().contains("/books"));
    }

    @Test
    void a_write_drops_related_entities_and_no_others() throws IOException {
        server = new TestServer(CacheScenario::any);
        RemoteService service =
                server.service().invalidates("orders", "books", "users").build();
        RequestContext context = context();
        for (String entity : List.of("books", "users", "shelves")) {
            model(service, entity).in(context).get(7L);
        }
        model(service, "orders").in(context).create(Book.titled("x", 1));
        server.requests.clear();
        for (String entity : List.of("books", "users", "shelves")) {
            model(service, entity).in(context).get(7L);
        }

        assertThat(server.requests)
                .extracting(request -> request.getUrl().pathSegments().get(2))
                .containsExactly("books", "users");
    }

    private enum Write {
        CREATE,
        UPDATE,
        PATCH,
        DELETE;

        void to(RemoteModel<Book, Long> books) {
            switch (this) {
                case CREATE -> books.create(Book.titled("x", 1));
                case UPDATE -> books.update(7L, Book.titled("x", 1));
                case PATCH -> books.patch(7L, Patch.of("price", 1));
                case DELETE -> books.delete(7L);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_slow_read_of_a_related_entity_from_before_the_write_is_not_stored(Write write) throws Exception {
        server = firstGetIsSlow();
        RemoteService service = server.service().invalidates("orders", "books").build();
        RequestContext context = context();
        RemoteModel<Book, Long> books = model(service, "books").in(context);
        Future<Book> old = threads.submit(() -> books.get(7L));
        Fixtures.await(asked);
        write.to(model(service, "orders").in(context));
        answer.countDown();

        assertThat(old.get(10, TimeUnit.SECONDS).id()).isEqualTo(7);
        assertThat(context.cache().size()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void a_slow_read_from_before_a_write_is_not_stored(Write write) throws Exception {
        List<Function<RemoteModel<Book, Long>, Object>> reads = List.of(
                books -> books.get(7L),
                books -> books.filter(Query.all()).items().get(0),
                books -> books.getAll(List.of(7L, 8L)).get(7L));
        for (Function<RemoteModel<Book, Long>, Object> slowly : reads) {
            CountDownLatch sent = new CountDownLatch(1);
            CountDownLatch go = new CountDownLatch(1);
            try (TestServer slow = new TestServer(request -> {
                if (request.getMethod().equals("GET")) {
                    sent.countDown();
                    Fixtures.await(go);
                }
                return any(request);
            })) {
                RequestContext context = context();
                RemoteModel<Book, Long> books = slow.service()
                        .build()
                        .model("books", Book.class, IdCodec.LONG)
                        .id(Book::id)
                        .listItemsAreComplete()
                        .build()
                        .in(context);
                Future<Object> read = threads.submit(() -> slowly.apply(books));
                Fixtures.await(sent);
                write.to(books);
                go.countDown();

                assertThat(read.get(10, TimeUnit.SECONDS)).isInstanceOf(Book.class);
                assertThat(context.cache().size()).isZero();
            }
        }
    }

    @Test
    void what_is_read_while_a_write_is_under_way_is_dropped_when_it_ends() throws Exception {
        server = new TestServer(request -> {
            if (request.getMethod().equals("PATCH")) {
                asked.countDown();
                Fixtures.await(answer);
            }
            return any(request);
        });
        RemoteModel<Book, Long> books = server.books().in(context());
        Future<Book> write = threads.submit(() -> books.patch(7L, Patch.of("price", 1)));
        Fixtures.await(asked);
        books.get(7L);
        answer.countDown();
        write.get(10, TimeUnit.SECONDS);
        server.requests.clear();
        books.get(7L);

        assertThat(server.requests).hasSize(1);
    }

    @Test
    void what_may_not_be_stored_is_stored_by_no_way_of_reading() throws IOException {
        server = new TestServer(request ->
                any(request).newBuilder().setHeader("Cache-Control", "no-store").build());
        RequestContext context = context();
        RemoteModel<Book, Long> books = server.service()
                .build()
                .model("books", Book.class, IdCodec.LONG)
                .id(Book::id)
                .listItemsAreComplete()
                .shareCachedInstances()
                .build()
                .in(context);
        books.get(7L);
        books.getAll(List.of(7L, 8L));
        books.filter(Query.all());
        books.fresh().get(7L);

        assertThat(context.cache().size()).isZero();
    }

    @Test
    void a_slow_older_read_does_not_replace_what_a_fresh_one_brought() throws Exception {
        RequestCache cache = new RequestCache();
        CacheKey key = new CacheKey(new EntityScope("s", "e"), "http://s/e", true, "7", "");
        Reply older = Reply.of(new byte[1]);
        Reply newer = Reply.of(new byte[2]);
        Future<Reply> slow =
                threads.submit(() -> cache.read(key, Duration.ofMinutes(1), Duration.ofMinutes(1), told -> {}, () -> {
                    asked.countDown();
                    Fixtures.await(answer);
                    return older;
                }));
        Fixtures.await(asked);
        cache.readAfresh(key, () -> newer);
        answer.countDown();

        assertThat(slow.get(10, TimeUnit.SECONDS)).isSameAs(older);
        assertThat(cache.peek(key)).isSameAs(newer);
    }

    @Test
    void what_a_fresh_read_may_not_keep_does_not_leave_the_old_in_place() {
        RequestCache cache = new RequestCache();
        CacheKey key = new CacheKey(new EntityScope("s", "e"), "http://s/e", true, "7", "");
        cache.readAfresh(key, () -> Reply.of(new byte[1]));
        cache.readAfresh(key, () -> new Reply(true, new byte[0], false, "", PageLinks.NONE));
        assertThat(cache.peek(key)).isNull();

        cache.readAfresh(key, () -> Reply.of(new byte[1]));
        cache.readAfresh(key, () -> Reply.of(new byte[17 * 1024 * 1024]));
        assertThat(cache.peek(key)).isNull();
        assertThat(cache.bytes()).isZero();
    }

    @Test
    void a_write_through_one_version_drops_what_another_has_read() throws IOException {
        server = new TestServer(CacheScenario::any);
        RequestContext context = context();
        RemoteModel<Book, Long> v1 =
                model(server.service().version("v1").build(), "books").in(context);
        RemoteModel<Book, Long> v2 =
                model(server.service().version("v2").build(), "books").in(context);
        v1.get(7L);
        v2.patch(7L, Patch.of("price", 1));
        v1.get(7L);

        assertThat(server.requests)
                .extracting(
                        request -> request.getMethod() + " " + request.getUrl().encodedPath())
                .containsExactly("GET /api/v1/books/7", "PATCH /api/v2/books/7", "GET /api/v1/books/7");
    }

    @Test
    void a_read_while_a_write_is_under_way_does_not_get_what_was_read_before_it() throws Exception {
        server = new TestServer(request -> {
            if (request.getMethod().equals("PATCH")) {
                asked.countDown();
                Fixtures.await(answer);
            }
            return any(request);
        });
        RemoteModel<Book, Long> books = server.books().in(context());
        books.get(7L);
        books.filter(Query.all());
        Future<Book> write = threads.submit(() -> books.patch(7L, Patch.of("price", 1)));
        Fixtures.await(asked);
        server.requests.clear();
        books.get(7L);
        books.filter(Query.all());
        assertThat(server.requests).hasSize(2);

        answer.countDown();
        assertThat(write.get(10, TimeUnit.SECONDS).id()).isEqualTo(7);
    }
}
