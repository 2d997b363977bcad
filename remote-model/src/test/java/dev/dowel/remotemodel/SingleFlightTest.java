package dev.dowel.remotemodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Stream;
import mockwebserver3.MockResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Threads of a request that ask for the same at once share one call, and no more than that. */
class SingleFlightTest extends CacheScenario {

    private static final MockResponse PROBLEM = TestServer.status(400, "Content-Type", "application/problem+json")
            .newBuilder()
            .body("{}")
            .build();

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
                () -> cache.read(key, Duration.ofSeconds(5), Duration.ofSeconds(5), told -> {}, () -> {
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
                () -> cache.read(key, Duration.ofSeconds(5), Duration.ofSeconds(5), told -> {}, () -> Reply.ABSENT));
    }

    @Test
    void a_token_supplier_that_reads_the_same_entity_does_not_wait_for_itself() throws IOException {
        server = new TestServer(CacheScenario::any);
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
    void a_waiter_that_asks_again_at_once_never_gets_the_old_failure() throws Exception {
        RequestCache cache = new RequestCache();
        for (int round = 0; round < 1_000; round++) {
            CacheKey key = new CacheKey(new EntityScope("s", "e"), "http://s/e", true, "" + round, "");
            CountDownLatch loading = new CountDownLatch(1);
            AtomicReference<Thread> waiting = new AtomicReference<>();
            Future<Throwable> owner = threads.submit(() -> catchThrowable(
                    () -> cache.read(key, Duration.ofSeconds(10), Duration.ofSeconds(10), told -> {}, () -> {
                        loading.countDown();
                        untilItWaits(waiting);
                        throw new RemoteDecodeException("old");
                    })));
            Fixtures.await(loading);
            Future<Reply> waiter = threads.submit(() -> {
                waiting.set(Thread.currentThread());
                assertThatThrownBy(() -> cache.read(
                                key, Duration.ofSeconds(10), Duration.ofSeconds(10), told -> {}, () -> Reply.ABSENT))
                        .hasMessage("old");
                return cache.read(
                        key,
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(10),
                        told -> {},
                        () -> Reply.of(new byte[] {1}));
            });

            assertThat(waiter.get(10, TimeUnit.SECONDS).body()).containsExactly(1);
            assertThat(owner.get(10, TimeUnit.SECONDS)).hasMessage("old");
        }
    }

    @Test
    void who_was_given_a_shared_answer_finds_it_stored_and_the_call_over() throws Exception {
        RequestCache cache = new RequestCache();
        for (int round = 0; round < 1_000; round++) {
            CacheKey key = new CacheKey(new EntityScope("s", "e"), "http://s/e", true, "" + round, "");
            CountDownLatch loading = new CountDownLatch(1);
            AtomicReference<Thread> waiting = new AtomicReference<>();
            Future<Reply> owner = threads.submit(() -> read(cache, key, () -> {
                loading.countDown();
                untilItWaits(waiting);
                return Reply.of(new byte[] {1});
            }));
            Fixtures.await(loading);
            Future<Reply> waiter = threads.submit(() -> {
                waiting.set(Thread.currentThread());
                assertThat(read(cache, key, () -> Reply.ABSENT).body()).containsExactly(1);
                assertThat(cache.peek(key)).isNotNull();
                cache.remove(key);
                return read(cache, key, () -> Reply.of(new byte[] {2}));
            });

            assertThat(waiter.get(10, TimeUnit.SECONDS).body()).containsExactly(2);
            assertThat(owner.get(10, TimeUnit.SECONDS).body()).containsExactly(1);
        }
    }

    @Test
    void a_call_under_way_holds_up_no_call_for_anything_else_not_even_one_within_it() {
        RequestCache cache = new RequestCache();
        AtomicInteger others = new AtomicInteger();
        Reply outer = read(cache, key("outer"), () -> {
            for (int i = 0; i < 500; i++) {
                String name = "inner " + i;
                threads.execute(() -> read(cache, key(name), () -> Reply.of(new byte[others.incrementAndGet()])));
                read(cache, key(name + " of the same thread"), () -> Reply.ABSENT);
            }
            await().untilAsserted(() -> assertThat(others).hasValue(500));
            return Reply.of(new byte[] {1});
        });

        assertThat(outer.body()).containsExactly(1);
    }

    @Test
    void a_list_that_is_asked_for_at_once_is_one_call() throws Exception {
        server = firstGetIsSlow();
        RemoteModel<Book, Long> books = server.books().in(context());
        Future<Long> owner =
                threads.submit(() -> books.filter(Query.all()).stream().count());
        Fixtures.await(asked);
        AtomicReference<Thread> waiting = new AtomicReference<>();
        Future<Long> waiter = threads.submit(() -> {
            waiting.set(Thread.currentThread());
            return books.filter(Query.all()).stream().count();
        });
        untilItWaits(waiting);
        answer.countDown();

        assertThat(owner.get(10, TimeUnit.SECONDS)).isEqualTo(1);
        assertThat(waiter.get(10, TimeUnit.SECONDS)).isEqualTo(1);
        assertThat(server.requests).hasSize(1);
    }

    private static CacheKey key(String what) {
        return new CacheKey(new EntityScope("s", "e"), "http://s/e", true, what, "");
    }

    private static Reply read(RequestCache cache, CacheKey key, Supplier<Reply> load) {
        return cache.read(key, Duration.ofSeconds(10), Duration.ofSeconds(10), told -> {}, load);
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

    @SuppressWarnings("unchecked")
    private static RemoteModel<Book, Long>[] array() {
        return (RemoteModel<Book, Long>[]) new RemoteModel<?, ?>[1];
    }
}
