package dev.dowel.remotemodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.LongStream;
import mockwebserver3.MockResponse;
import mockwebserver3.SocketEffect;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CacheTest {

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

    private RemoteModel<Book, Long> anyBook() throws IOException {
        server = new TestServer(request ->
                TestServer.book(Long.parseLong(request.getUrl().pathSegments().get(3))));
        return server.books();
    }

    @Test
    void ten_gets_of_one_id_are_one_call() throws IOException {
        RemoteModel<Book, Long> books = anyBook().in(TestServer.context());
        for (int i = 0; i < 10; i++) {
            assertThat(books.get(7L).title()).isEqualTo("Book 7");
        }

        assertThat(server.requests).hasSize(1);
    }

    @Test
    void without_a_context_nothing_is_cached() throws IOException {
        RemoteModel<Book, Long> books = anyBook();
        books.get(7L);
        books.get(7L);

        assertThat(server.requests).hasSize(2);
    }

    @Test
    void a_closed_context_caches_nothing() throws IOException {
        RequestContext context = TestServer.context();
        RemoteModel<Book, Long> books = anyBook().in(context);
        books.get(7L);
        context.close();
        books.get(7L);
        books.get(7L);

        assertThat(server.requests).hasSize(3);
        assertThat(context.cache().size()).isZero();
        assertThat(context.cache().bytes()).isZero();
    }

    @Test
    void a_read_that_ends_after_the_context_closed_is_not_stored() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        server = slow(asked, answer);
        RequestContext context = TestServer.context();
        ExecutorService threads = Executors.newSingleThreadExecutor();
        Future<Book> late = threads.submit(() -> server.books().in(context).get(7L));
        asked.await();
        context.close();
        answer.countDown();

        assertThat(late.get(5, TimeUnit.SECONDS).id()).isEqualTo(7);
        assertThat(context.cache().size()).isZero();
        threads.shutdown();
    }

    @Test
    void eight_threads_share_one_call() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        server = slow(asked, answer);
        RemoteModel<Book, Long> books = server.books().in(TestServer.context());
        ExecutorService threads = Executors.newFixedThreadPool(8);
        CountDownLatch started = new CountDownLatch(8);
        List<Future<Book>> all = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            all.add(threads.submit(() -> {
                started.countDown();
                return books.get(7L);
            }));
        }
        started.await();
        asked.await();
        answer.countDown();

        for (Future<Book> each : all) {
            assertThat(each.get(5, TimeUnit.SECONDS).id()).isEqualTo(7);
        }
        assertThat(server.requests).hasSize(1);
        threads.shutdown();
    }

    @Test
    void those_who_wait_for_a_failed_call_fail_with_their_own_exception_and_the_next_one_calls_again()
            throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        AtomicInteger calls = new AtomicInteger();
        server = new TestServer(request -> {
            if (calls.incrementAndGet() > 1) {
                return TestServer.book(7);
            }
            asked.countDown();
            await(answer);
            return TestServer.status(500);
        });
        RemoteModel<Book, Long> books = server.books().in(TestServer.context());
        ExecutorService threads = Executors.newFixedThreadPool(2);
        Future<Throwable> owner = threads.submit(() -> failure(books));
        asked.await();
        Thread[] waiting = new Thread[1];
        Future<Throwable> waiter = threads.submit(() -> {
            waiting[0] = Thread.currentThread();
            return failure(books);
        });
        org.awaitility.Awaitility.await()
                .until(() -> waiting[0] != null && waiting[0].getState() == Thread.State.TIMED_WAITING);
        answer.countDown();

        Throwable original = owner.get(5, TimeUnit.SECONDS);
        assertThat(original).isInstanceOf(RemoteResponseException.class);
        assertThat(waiter.get(5, TimeUnit.SECONDS))
                .isInstanceOf(RemoteResponseException.class)
                .isNotSameAs(original)
                .hasCause(original);
        assertThat(books.get(7L).id()).isEqualTo(7);
        threads.shutdown();
    }

    @Test
    void when_the_one_who_loads_is_interrupted_a_waiting_one_takes_over() throws Exception {
        server = TestServer.answering(TestServer.status(404));
        RequestCache cache = new RequestCache();
        CountDownLatch loading = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        Future<Reply> owner = threads.submit(() ->
                cache.read(key(1), Duration.ofSeconds(5), Duration.ofSeconds(5), told -> {}, () -> {
                    loading.countDown();
                    await(interrupted);
                    Thread.currentThread().interrupt();
                    throw new RemoteCallException("interrupted", RemoteCallException.Outcome.UNKNOWN, null);
                }));
        loading.await();
        Thread[] waiting = new Thread[1];
        Future<Reply> waiter = threads.submit(() -> {
            waiting[0] = Thread.currentThread();
            return cache.read(
                    key(1), Duration.ofSeconds(5), Duration.ofSeconds(5), told -> {}, () -> Reply.of(new byte[] {1}));
        });
        org.awaitility.Awaitility.await()
                .until(() -> waiting[0] != null && waiting[0].getState() == Thread.State.TIMED_WAITING);
        interrupted.countDown();

        assertThat(waiter.get(5, TimeUnit.SECONDS).body()).containsExactly(1);
        assertThatThrownBy(owner::get).hasCauseInstanceOf(RemoteCallException.class);
        threads.shutdown();
    }

    @Test
    void one_who_asks_for_what_he_is_loading_does_not_wait_for_himself() throws IOException {
        server = TestServer.answering(TestServer.status(404));
        RequestCache cache = new RequestCache();
        Reply reply = cache.read(
                key(1),
                Duration.ofSeconds(5),
                Duration.ofSeconds(5),
                told -> {},
                () -> cache.read(key(1), Duration.ofSeconds(5), Duration.ofSeconds(5), told -> {}, () -> Reply.ABSENT));

        assertThat(reply.absent()).isTrue();
    }

    @Test
    void a_model_can_be_extended() throws IOException {
        server = TestServer.answering(TestServer.book(7));
        final class Books extends RemoteModel<Book, Long> {
            Books(RemoteService library) {
                super(library.model("books", Book.class, IdCodec.LONG).id(Book::id));
            }

            String title(long id) {
                return get(id).title();
            }
        }

        assertThat(new Books(server.service().build()).title(7)).isEqualTo("Book 7");
    }

    private static Throwable failure(RemoteModel<Book, Long> books) {
        return org.assertj.core.api.Assertions.catchThrowable(() -> books.get(7L));
    }

    @Test
    void different_credentials_never_share_an_entry() throws IOException {
        server = new TestServer(request -> TestServer.json(
                200, "{\"id\":7,\"title\":\"" + request.getHeaders().get("Authorization") + "\"}"));
        RequestContext context = TestServer.context();
        RemoteModel<Book, Long> books = server.books().in(context);

        for (int round = 0; round < 2; round++) {
            assertThat(books.get(7L).title()).isEqualTo("null");
            assertThat(books.as(Credentials.bearer(() -> "alice")).get(7L).title())
                    .isEqualTo("Bearer alice");
            assertThat(books.as(Credentials.bearer(() -> "bob")).get(7L).title())
                    .isEqualTo("Bearer bob");
            assertThat(books.as(Credentials.bearer(() -> "bob"))
                            .getAll(List.of(7L))
                            .get(7L)
                            .title())
                    .isEqualTo("Bearer bob");
        }
        assertThat(server.requests).hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(ints = {404, 410})
    void an_absent_entity_is_remembered_whatever_says_that_it_is_absent(int status) throws IOException {
        server = new TestServer(
                request -> request.getMethod().equals("POST") ? TestServer.book(8) : TestServer.status(status));
        RequestContext context = TestServer.context();
        RemoteModel<Book, Long> books = server.books().in(context);
        assertThat(books.find(7L)).isEmpty();
        assertThat(books.find(7L)).isEmpty();
        assertThatThrownBy(() -> books.get(7L)).isInstanceOf(EntityNotFoundException.class);
        assertThat(server.requests).hasSize(1);

        books.create(Book.titled("New", 1));
        assertThat(context.cache().size()).isZero();
        assertThat(books.find(7L)).isEmpty();
        assertThat(server.requests).hasSize(3);
    }

    @Test
    void equal_questions_in_another_order_are_one_call() throws IOException {
        RemoteModel<Book, Long> books = django(TestServer.context());
        books.filter(Query.where("price__in", List.of(1, 2)).and("title", "x"));
        books.filter(Query.where("title", "x").and("price__in", List.of(2, 1)));
        books.filter(Query.where("title", "y"));

        assertThat(server.requests).hasSize(2);
    }

    @Test
    void what_may_not_be_stored_is_not() throws IOException {
        server = TestServer.answering(new MockResponse.Builder()
                .setHeader("Content-Type", "application/json")
                .setHeader("Cache-Control", "private, no-store")
                .body("{\"id\":7}")
                .build());
        RemoteModel<Book, Long> books = server.books().in(TestServer.context());
        books.get(7L);
        books.get(7L);

        assertThat(server.requests).hasSize(2);
    }

    @Test
    void the_cache_is_bounded_by_entries_and_by_bytes() throws IOException {
        server = TestServer.answering(TestServer.status(404));
        RequestCache cache = new RequestCache();
        for (int i = 0; i < 3_000; i++) {
            cache.store(key(i), Reply.of(new byte[10]), 0);
        }
        assertThat(cache.size()).isEqualTo(1_000);
        for (int i = 0; i < 100; i++) {
            cache.store(key(i), Reply.of(new byte[1_000_000]), 0);
            assertThat(cache.bytes()).isLessThanOrEqualTo(16 * 1024 * 1024);
        }
        assertThat(cache.size()).isEqualTo(16);
        assertThat(cache.peek(key(99))).isNotNull();
        assertThat(cache.peek(key(1))).isNull();
        cache.store(key(5), Reply.of(new byte[17 * 1024 * 1024]), 0);
        assertThat(cache.peek(key(5))).isNull();
        LongStream.range(0, 100).forEach(i -> cache.changed(key(0).scope(), Long.toString(i)));
        assertThat(cache.bytes()).isZero();
    }

    private static CacheKey key(int id) {
        return new CacheKey(new EntityScope("s", "e"), "http://x", true, Integer.toString(id), "me");
    }

    private static TestServer slow(CountDownLatch asked, CountDownLatch answer) throws IOException {
        return new TestServer(request -> {
            asked.countDown();
            await(answer);
            return TestServer.book(7);
        });
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void questions_with_another_filter_order_or_size_and_other_pages_are_other_calls() throws IOException {
        RemoteModel<Book, Long> books = django(TestServer.context());
        List<Query> questions = List.of(
                Query.all(),
                Query.where("title", "x"),
                Query.where("title__iexact", "x"),
                Query.where("title", "x").orderBy("price"),
                Query.where("title", "x").orderBy("-price"),
                Query.where("title", "x").orderBy("price", "id"),
                Query.where("title", "x").orderBy("id", "price"),
                Query.where("title", "x").size(2),
                Query.where("title", "x").size(3));
        for (int round = 0; round < 2; round++) {
            questions.forEach(books::filter);
            assertThat(server.requests).hasSize(questions.size());
        }
        server.close();

        server = new TestServer(request -> TestServer.json(
                200,
                "2".equals(request.getUrl().queryParameter("page"))
                        ? "{\"next\":null,\"results\":[{\"id\":2}]}"
                        : "{\"next\":\"?page=2\",\"results\":[{\"id\":1}]}"));
        RemoteModel<Book, Long> paged = server.books().in(TestServer.context());
        for (int round = 0; round < 2; round++) {
            assertThat(paged.filter(Query.all()).stream().map(Book::id)).containsExactly(1L, 2L);
            assertThat(server.requests).hasSize(2);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"answered 500", "answered with HTML", "answered with half a text", "dropped", "too late"})
    void no_failure_is_remembered(String failure) throws IOException {
        MockResponse.Builder broken = new MockResponse.Builder();
        MockResponse first = switch (failure) {
            case "answered 500" -> TestServer.json(500, "{}");
            case "answered with HTML" ->
                broken.setHeader("Content-Type", "text/html").body("<p>").build();
            case "answered with half a text" -> TestServer.json(200, "{\"id\":7,\"tit");
            case "dropped" ->
                broken.onResponseStart(new SocketEffect.CloseSocket()).build();
            default -> broken.onResponseStart(SocketEffect.Stall.INSTANCE).build();
        };
        List<Function<RemoteModel<Book, Long>, Object>> reads = List.of(
                books -> books.get(7L).id(),
                books -> books.filter(Query.all()).items().get(0).id(),
                books -> books.getAll(List.of(7L)).get(7L).id());
        for (Function<RemoteModel<Book, Long>, Object> read : reads) {
            AtomicInteger calls = new AtomicInteger();
            server = new TestServer(request -> calls.incrementAndGet() == 1
                    ? first
                    : request.getUrl().pathSize() > 3 ? TestServer.book(7) : TestServer.json(200, "[{\"id\":7}]"));
            RequestContext context = TestServer.context();
            RemoteModel<Book, Long> hasty = TestServer.books(server.service()
                            .retry(RetryPolicy.none())
                            .timeouts(
                                    Duration.ofSeconds(20),
                                    failure.equals("too late") ? Duration.ofMillis(50) : Duration.ofSeconds(30)))
                    .in(context);
            assertThatThrownBy(() -> read.apply(hasty)).isInstanceOf(RemoteModelException.class);

            assertThat(context.cache().size()).isZero();
            assertThat(read.apply(server.books().in(context))).isEqualTo(7L);
            assertThat(server.requests).hasSize(2);
            server.close();
        }
    }
}
