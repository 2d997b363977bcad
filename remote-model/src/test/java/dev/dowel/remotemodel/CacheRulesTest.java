package dev.dowel.remotemodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.Stream;
import mockwebserver3.MockResponse;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What separates entries, what drops them and who may store one. */
class CacheRulesTest {

    private static final MockResponse PROBLEM = TestServer.status(400, "Content-Type", "application/problem+json")
            .newBuilder()
            .body("{}")
            .build();

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch answer = new CountDownLatch(1);
    private TestServer server;

    @AfterEach
    void stop() {
        threads.shutdownNow();
        if (server != null) {
            server.close();
        }
    }

    /** Item, list and write of any entity. */
    private static MockResponse any(RecordedRequest request) {
        return switch (request.getMethod()) {
            case "DELETE" -> TestServer.status(204);
            case "GET" ->
                request.getUrl().pathSize() > 3
                        ? TestServer.book(
                                Long.parseLong(request.getUrl().pathSegments().get(3)))
                        : TestServer.json(200, "[{\"id\":7,\"title\":\"in a list\"}]");
            default -> TestServer.book(7);
        };
    }

    /** The first GET waits for {@code answer}. */
    private TestServer firstGetIsSlow() throws IOException {
        AtomicInteger gets = new AtomicInteger();
        return new TestServer(request -> {
            if (request.getMethod().equals("GET") && gets.incrementAndGet() == 1) {
                asked.countDown();
                Fixtures.await(answer);
            }
            return any(request);
        });
    }

    private static RemoteModel<Book, Long> model(RemoteService service, String entity) {
        return service.model(entity, Book.class, IdCodec.LONG).id(Book::id).build();
    }

    private static RequestContext context(String... namesAndValues) {
        return TestServer.context(namesAndValues);
    }

    @Test
    void headers_that_may_change_the_answer_separate_and_tracing_does_not() throws IOException {
        server = new TestServer(CacheRulesTest::any);
        RemoteService service = server.service()
                .propagate(HeaderPolicy.tracing().allow("X-Tenant"))
                .build();
        RequestContext shared = context();
        int calls = 0;
        for (Map<String, String> headers : List.of(
                Map.of("X-Tenant", "a"),
                Map.of("X-Tenant", "b"),
                Map.of("Accept-Language", "de"),
                Map.of("X-Tenant", "a", "Accept-Language", "de"))) {
            CacheKey key = key(service, headers);
            assertThat(shared.cache().peek(key)).isNull();
            shared.cache().store(key, Reply.ABSENT, 0);
            calls++;
        }
        assertThat(shared.cache().size()).isEqualTo(calls);

        CacheKey plain = key(service, Map.of());
        for (String tracing : List.of("traceparent", "tracestate", "X-Request-ID", "X-Correlation-ID")) {
            assertThat(key(service, Map.of(tracing, "x"))).isEqualTo(plain);
        }
        assertThat(key(service, Map.of("X-Tenant", "a"))).isEqualTo(key(service, Map.of("x-tenant", "a")));
    }

    private static CacheKey key(RemoteService service, Map<String, String> headers) {
        RequestContext context = RequestContext.of(
                headers.entrySet().stream()
                        .collect(java.util.stream.Collectors.toMap(Map.Entry::getKey, e -> List.of(e.getValue()))),
                HeaderPolicy.tracing().allow("X-Tenant"));
        Caller caller = Caller.of(service, View.PLAIN.in(context));
        return new CacheKey(new EntityScope("library", "books"), "http://x", true, "7", caller.identity());
    }

    @Test
    void cookies_that_are_sent_separate() throws IOException {
        server = new TestServer(CacheRulesTest::any);
        HeaderPolicy policy = HeaderPolicy.tracing().cookies("sessionid");
        RemoteService service = server.service()
                .propagate(policy)
                .credentials(Credentials.inbound())
                .build();
        List<String> identities = List.of("sessionid=a", "sessionid=b", "sessionid=a; other=x").stream()
                .map(cookie -> RequestContext.of(
                        Map.of("Cookie", List.of(cookie), "Authorization", List.of("Bearer t")), policy))
                .map(context -> Caller.of(service, View.PLAIN.in(context)).identity())
                .toList();

        assertThat(identities.get(0)).isNotEqualTo(identities.get(1)).isEqualTo(identities.get(2));
    }

    @Test
    void versions_and_base_urls_separate() throws IOException {
        server = new TestServer(CacheRulesTest::any);
        RequestContext context = context();
        model(server.service().build(), "books").in(context).get(7L);
        model(server.service().version("v2").build(), "books").in(context).get(7L);
        model(server.service().version("v2").build(), "books").in(context).get(7L);

        assertThat(server.requests).hasSize(2);
    }

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
        server = new TestServer(CacheRulesTest::any);
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
        server = new TestServer(CacheRulesTest::any);
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
    void a_waiter_gives_up_at_its_own_deadline_and_does_not_touch_the_owner() throws Exception {
        server = firstGetIsSlow();
        RequestContext context = context();
        RemoteModel<Book, Long> patient = server.books().in(context);
        RemoteModel<Book, Long> hasty = TestServer.books(
                        server.service().timeouts(Duration.ofSeconds(1), Duration.ofMillis(50)))
                .in(context);
        Future<Book> owner = threads.submit(() -> patient.get(7L));
        Fixtures.await(asked);

        assertThatThrownBy(() -> hasty.get(7L))
                .isInstanceOf(RemoteTimeoutException.class)
                .hasMessageContaining("another thread of this request");
        answer.countDown();
        assertThat(owner.get(10, TimeUnit.SECONDS).id()).isEqualTo(7);
        assertThat(hasty.get(7L).id()).isEqualTo(7);
        assertThat(server.requests).hasSize(1);
    }

    @Test
    void a_waiter_that_is_interrupted_fails_alone() throws Exception {
        server = firstGetIsSlow();
        RemoteModel<Book, Long> books = server.books().in(context());
        Future<Book> owner = threads.submit(() -> books.get(7L));
        Fixtures.await(asked);
        Future<Boolean> waiter = threads.submit(() -> {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> books.get(7L))
                    .isInstanceOf(RemoteCallException.class)
                    .hasMessageContaining("interrupted");
            return Thread.currentThread().isInterrupted();
        });

        assertThat(waiter.get(10, TimeUnit.SECONDS)).isTrue();
        answer.countDown();
        assertThat(owner.get(10, TimeUnit.SECONDS).id()).isEqualTo(7);
    }

    @Test
    void a_waiters_exception_has_its_own_stack() throws Exception {
        RequestCache cache = new RequestCache();
        CacheKey key = new CacheKey(new EntityScope("s", "e"), "http://x", true, "1", "me");
        Future<Throwable> owner = threads.submit(() -> org.assertj.core.api.Assertions.catchThrowable(
                () -> cache.read(key, Duration.ofSeconds(5), told -> {}, () -> {
                    asked.countDown();
                    Fixtures.await(answer);
                    throw new RemoteDecodeException("no");
                })));
        Fixtures.await(asked);
        Thread[] thread = new Thread[1];
        Future<Throwable> waiter = threads.submit(() -> aWaiter(cache, key, thread));
        org.awaitility.Awaitility.await()
                .until(() -> thread[0] != null && thread[0].getState() == Thread.State.TIMED_WAITING);
        answer.countDown();

        Throwable copy = waiter.get(10, TimeUnit.SECONDS);
        assertThat(copy).isInstanceOf(RemoteDecodeException.class).hasMessage("no");
        assertThat(copy.getCause()).isSameAs(owner.get(10, TimeUnit.SECONDS));
        assertThat(copy.getStackTrace())
                .extracting(StackTraceElement::getMethodName)
                .contains("aWaiter");
        assertThat(copy.getCause().getStackTrace())
                .extracting(StackTraceElement::getMethodName)
                .doesNotContain("aWaiter");
    }

    private static Throwable aWaiter(RequestCache cache, CacheKey key, Thread[] thread) {
        thread[0] = Thread.currentThread();
        return org.assertj.core.api.Assertions.catchThrowable(
                () -> cache.read(key, Duration.ofSeconds(5), told -> {}, () -> Reply.ABSENT));
    }

    @Test
    void a_token_supplier_that_reads_the_same_entity_does_not_wait_for_itself() throws IOException {
        server = new TestServer(CacheRulesTest::any);
        RequestContext context = context();
        AtomicInteger depth = new AtomicInteger();
        RemoteModel<Book, Long>[] books = array();
        books[0] = TestServer.books(server.service().transport(next -> call -> {
                    if (depth.getAndIncrement() == 0) {
                        books[0].get(7L);
                    }
                    return next.execute(call);
                }))
                .in(context);

        assertThat(books[0].get(7L).id()).isEqualTo(7);
        assertThat(server.requests).hasSize(2);
    }

    @Test
    void a_slow_older_read_does_not_replace_what_a_fresh_one_brought() throws Exception {
        RequestCache cache = new RequestCache();
        CacheKey key = new CacheKey(new EntityScope("s", "e"), "http://s/e", true, "7", "");
        Reply older = Reply.of(new byte[1]);
        Reply newer = Reply.of(new byte[2]);
        Future<Reply> slow = threads.submit(() -> cache.read(key, Duration.ofMinutes(1), told -> {}, () -> {
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
    void the_bound_counts_etags() {
        RequestCache cache = new RequestCache();
        for (int id = 0; id < 1_000; id++) {
            CacheKey key = new CacheKey(new EntityScope("s", "e"), "http://s/e", true, "" + id, "");
            cache.readAfresh(key, () -> new Reply(false, new byte[1], true, "x".repeat(200_000), PageLinks.NONE));
        }

        assertThat(cache.size()).isLessThan(50);
        assertThat(cache.bytes()).isLessThanOrEqualTo(RequestCache.MAX_BYTES);
    }

    @SuppressWarnings("unchecked")
    private static RemoteModel<Book, Long>[] array() {
        return (RemoteModel<Book, Long>[]) new RemoteModel<?, ?>[1];
    }

    @Test
    void two_base_urls_with_one_service_name_separate() throws IOException {
        server = new TestServer(request -> TestServer.json(200, "{\"id\":7,\"title\":\"here\"}"));
        RequestContext context = context();
        try (TestServer there = new TestServer(request -> TestServer.json(200, "{\"id\":7,\"title\":\"there\"}"))) {
            RemoteModel<Book, Long> one = server.books().in(context);
            RemoteModel<Book, Long> other = there.books().in(context);
            for (int round = 0; round < 2; round++) {
                assertThat(one.get(7L).title()).isEqualTo("here");
                assertThat(other.get(7L).title()).isEqualTo("there");
            }

            assertThat(server.requests).hasSize(1);
            assertThat(there.requests).hasSize(1);
        }
    }

    @Test
    void two_service_names_with_one_base_url_separate() throws IOException {
        server = new TestServer(CacheRulesTest::any);
        RequestContext context = context();
        for (int round = 0; round < 2; round++) {
            for (String name : List.of("library", "archive")) {
                model(RemoteService.builder(name, server.base()).build(), "books")
                        .in(context)
                        .get(7L);
            }
        }

        assertThat(server.requests).hasSize(2);
    }

    @Test
    void a_write_through_one_version_drops_what_another_has_read() throws IOException {
        server = new TestServer(CacheRulesTest::any);
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
    void a_waiter_that_asks_again_at_once_never_gets_the_old_failure() throws Exception {
        RequestCache cache = new RequestCache();
        for (int round = 0; round < 1_000; round++) {
            CacheKey key = new CacheKey(new EntityScope("s", "e"), "http://s/e", true, "" + round, "");
            CountDownLatch loading = new CountDownLatch(1);
            AtomicReference<Thread> waiting = new AtomicReference<>();
            Future<Throwable> owner = threads.submit(() ->
                    catchThrowable(() -> cache.read(key, Duration.ofSeconds(10), told -> {}, () -> {
                        loading.countDown();
                        untilItWaits(waiting);
                        throw new RemoteDecodeException("old");
                    })));
            Fixtures.await(loading);
            Future<Reply> waiter = threads.submit(() -> {
                waiting.set(Thread.currentThread());
                assertThatThrownBy(() -> cache.read(key, Duration.ofSeconds(10), told -> {}, () -> Reply.ABSENT))
                        .hasMessage("old");
                return cache.read(key, Duration.ofSeconds(10), told -> {}, () -> Reply.of(new byte[] {1}));
            });

            assertThat(waiter.get(10, TimeUnit.SECONDS).body()).containsExactly(1);
            assertThat(owner.get(10, TimeUnit.SECONDS)).hasMessage("old");
        }
    }

    /** Without a pause between two looks, so that the waiter has no head start. */
    private static void untilItWaits(AtomicReference<Thread> thread) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (thread.get() == null || thread.get().getState() != Thread.State.TIMED_WAITING) {
            if (System.nanoTime() > end) {
                throw new AssertionError("nobody waits");
            }
            Thread.onSpinWait();
        }
    }

    @Test
    void when_the_one_who_loads_is_cancelled_a_waiting_one_gets_the_entity() throws Exception {
        AtomicInteger gets = new AtomicInteger();
        server = new TestServer(request -> {
            if (gets.incrementAndGet() > 1) {
                return TestServer.book(7);
            }
            asked.countDown();
            Fixtures.await(answer);
            // More than one read from the socket, so that the interrupt is met inside of OkHttp.
            return TestServer.json(200, "{\"id\":7}" + " ".repeat(1_000_000));
        });
        RemoteModel<Book, Long> books = server.books().in(context());
        Future<Book> owner = threads.submit(() -> books.get(7L));
        Fixtures.await(asked);
        AtomicReference<Thread> waiting = new AtomicReference<>();
        Future<Book> waiter = threads.submit(() -> {
            waiting.set(Thread.currentThread());
            return books.get(7L);
        });
        untilItWaits(waiting);
        assertThat(owner.cancel(true)).isTrue();
        answer.countDown();

        assertThat(waiter.get(10, TimeUnit.SECONDS).title()).isEqualTo("Book 7");
        assertThat(server.requests).hasSize(2);
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

    @Test
    void an_identity_neither_holds_the_credential_nor_is_its_plain_digest() throws Exception {
        server = new TestServer(CacheRulesTest::any);
        RemoteService service =
                server.service().credentials(Credentials.inbound()).build();
        String identity = Caller.of(service, View.PLAIN.in(context("Authorization", "Bearer canary")))
                .identity();
        MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
        List<String> guesses = Stream.of("canary", "Bearer canary", "Bearer canary\n")
                .map(guess -> Base64.getEncoder().encodeToString(sha256.digest(guess.getBytes(StandardCharsets.UTF_8))))
                .toList();

        assertThat(Base64.getDecoder().decode(identity)).hasSize(32);
        assertThat(identity).isNotIn(guesses).doesNotContain("canary");
    }

    @Test
    void two_requests_of_one_caller_that_ask_at_once_ask_each_for_itself() throws Exception {
        CountDownLatch both = new CountDownLatch(2);
        server = new TestServer(request -> {
            both.countDown();
            Fixtures.await(answer);
            return any(request);
        });
        RemoteService service =
                server.service().credentials(Credentials.inbound()).build();
        RemoteModel<Book, Long> books = model(service, "books");
        List<RequestContext> requests =
                List.of(context("Authorization", "Bearer same"), context("Authorization", "Bearer same"));
        assertThat(requests.stream()
                        .map(each -> Caller.of(service, View.PLAIN.in(each)).identity())
                        .distinct())
                .hasSize(1);
        List<Future<Book>> reads = requests.stream()
                .map(each -> threads.submit(() -> books.in(each).get(7L)))
                .toList();
        Fixtures.await(both);
        answer.countDown();

        for (Future<Book> read : reads) {
            assertThat(read.get(10, TimeUnit.SECONDS).id()).isEqualTo(7);
        }
        assertThat(server.requests).hasSize(2);
        assertThat(requests).allMatch(each -> each.cache().size() == 1);
    }

    private static Stream<Throwable> unexpected() {
        return Stream.of(new IllegalStateException("unexpected"), new NoClassDefFoundError("unexpected"));
    }

    @ParameterizedTest
    @MethodSource("unexpected")
    void when_the_one_who_loads_fails_unexpectedly_a_waiting_one_takes_over(Throwable unexpected) throws Exception {
        AtomicInteger gets = new AtomicInteger();
        server = new TestServer(request -> {
            if (gets.incrementAndGet() > 1) {
                return TestServer.book(7);
            }
            asked.countDown();
            Fixtures.await(answer);
            return PROBLEM;
        });
        RemoteModel<Book, Long> books = TestServer.books(server.service().json(failingAtProblems(unexpected)))
                .in(context());
        Future<Book> owner = threads.submit(() -> books.get(7L));
        Fixtures.await(asked);
        AtomicReference<Thread> waiting = new AtomicReference<>();
        Future<Book> waiter = threads.submit(() -> {
            waiting.set(Thread.currentThread());
            return books.get(7L);
        });
        untilItWaits(waiting);
        answer.countDown();

        assertThatThrownBy(() -> owner.get(10, TimeUnit.SECONDS)).hasCause(unexpected);
        assertThat(waiter.get(10, TimeUnit.SECONDS).title()).isEqualTo("Book 7");
        assertThat(server.requests).hasSize(2);
    }

    @ParameterizedTest
    @MethodSource("unexpected")
    void after_an_unexpected_failure_the_next_one_asks_again(Throwable unexpected) throws IOException {
        server = TestServer.answering(PROBLEM, TestServer.book(7));
        RemoteModel<Book, Long> books = TestServer.books(server.service().json(failingAtProblems(unexpected)))
                .in(context());

        assertThat(catchThrowable(() -> books.get(7L))).isSameAs(unexpected);
        Future<Book> next = threads.submit(() -> books.get(7L));
        assertThat(next)
                .succeedsWithin(Duration.ofSeconds(10))
                .extracting(Book::id)
                .isEqualTo(7L);
        assertThat(server.requests).hasSize(2);
    }

    /** Reads entities, but the document of a failure breaks it. */
    private static JsonCodec failingAtProblems(Throwable unexpected) {
        JsonCodec real = JsonCodec.jackson2();
        return new JsonCodec() {
            @Override
            public byte[] encode(Object value) throws IOException {
                return real.encode(value);
            }

            @Override
            public Object decode(byte[] json, Type type) throws IOException {
                if (type == Book.class) {
                    return real.decode(json, type);
                }
                if (unexpected instanceof Error error) {
                    throw error;
                }
                throw (RuntimeException) unexpected;
            }
        };
    }
}
