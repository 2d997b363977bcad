package dev.dowel.remotemodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Reads beside the one that served. */
@SuppressWarnings("try") // Scopes are opened to be closed.
class ShadowTest {

    private static final Duration DEADLINE = Duration.ofSeconds(2);
    private static final Duration RECHECK = Duration.ofSeconds(1);
    private static final Book BOOK = new Book(1L, "a", 1, null);
    private final SideDouble local = new SideDouble().holding(BOOK);
    private final SideDouble remote = new SideDouble().holding(BOOK);
    private final ManualEngine engine = new ManualEngine();
    private final RecordingListener listener = new RecordingListener();

    private MigratingRepository.Builder<Book, Long> options() {
        return MigratingRepository.builder("books", local, remote, IdCodec.LONG)
                .plan(MigrationPlan::shadow)
                .listener(listener)
                .engine(engine);
    }

    private void twice() {
        engine.work();
        engine.pass(RECHECK);
        engine.work();
    }

    @Test
    void equal_answers_agree_and_leave_no_timer() {
        MigratingRepository<Book, Long> books = options().build();
        books.get(1L);
        books.find(9L);
        assertThatThrownBy(() -> books.get(9L)).isInstanceOf(EntityNotFoundException.class);
        books.getAll(List.of(1L, 9L));
        books.filter(Query.all().orderBy("id"));
        assertThat(remote.asked).isEmpty();
        engine.work();

        assertThat(listener.events)
                .containsExactly("get agreed", "find agreed", "get agreed", "getAll agreed", "filter agreed");
        assertThat(engine.timers).isEmpty();
    }

    @Test
    void writes_have_no_shadow() {
        MigratingRepository<Book, Long> books = options().build();
        books.create(Book.titled("b", 1));
        books.update(1L, BOOK);
        books.patch(1L, Patch.of("price", 2));
        books.delete(1L);

        assertThat(engine.tasks).isEmpty();
    }

    @Test
    void a_difference_is_looked_at_again_before_it_is_reported() {
        remote.holding(new Book(1L, "b", 2, null));
        MigratingRepository<Book, Long> books = options().build();
        books.get(1L);
        engine.work();
        assertThat(listener.events).isEmpty();

        engine.pass(RECHECK);
        engine.work();
        assertThat(listener.events).containsExactly("get differed [price, title]");
        assertThat(remote.asked).containsExactly("find 1", "find 1");
        assertThat(engine.timers).isEmpty();
    }

    @Test
    void a_difference_that_goes_away_is_none() {
        remote.holding(new Book(1L, "b", 2, null));
        MigratingRepository<Book, Long> books = options().build();
        books.get(1L);
        engine.work();
        local.holding(new Book(1L, "c", 3, null));
        remote.holding(new Book(1L, "c", 3, null));
        engine.pass(RECHECK);
        engine.work();

        assertThat(listener.events).containsExactly("get agreed");
    }

    @Test
    void what_only_one_side_has_and_lists_of_other_lengths_differ() {
        remote.content().delete(1L);
        MigratingRepository<Book, Long> books = options().build();
        books.get(1L);
        books.getAll(List.of(1L));
        books.filter(Query.all());
        twice();

        assertThat(listener.events)
                .containsExactly(
                        "get differed [(presence)]",
                        "getAll differed [(presence)]",
                        "filter differed [(count), (presence)]");
    }

    @Test
    void the_answer_is_compared_as_it_was_given_whatever_the_caller_does_with_it() {
        int[] prices = {1};
        Repository<int[], Long> side = InMemoryRepository.builder(int[].class, IdCodec.LONG, each -> (long) each[0])
                .build();
        side.create(prices);
        MigratingRepository<int[], Long> all = MigratingRepository.builder("prices", side, side, IdCodec.LONG)
                .plan(MigrationPlan::shadow)
                .listener(listener)
                .engine(engine)
                .build();
        all.get(1L)[0] = 99;
        engine.work();

        assertThat(listener.events).containsExactly("get agreed");
    }

    @Test
    void the_options_of_the_comparison_reach_it() {
        remote.holding(new Book(1L, "b", 2, null));
        MigratingRepository<Book, Long> books =
                options().ignore("title").tolerance(1).ignoreOrder().build();
        books.get(1L);
        engine.work();

        assertThat(listener.events).containsExactly("get agreed");
    }

    @Test
    void when_no_place_is_free_the_shadow_is_dropped_and_counted() {
        MigratingRepository<Book, Long> books = options().shadowLimits(1, 1).build();
        for (int i = 0; i < 4; i++) {
            assertThat(books.get(1L)).isEqualTo(BOOK);
        }
        assertThat(listener.events).containsExactly("get not compared BUSY", "get not compared BUSY");
        engine.work();
        books.get(1L);
        engine.work();
        assertThat(listener.events).filteredOn("get agreed"::equals).hasSize(3);
    }

    @Test
    void a_difference_that_waits_for_its_second_look_keeps_its_place() {
        remote.holding(new Book(1L, "b", 2, null));
        MigratingRepository<Book, Long> books = options().shadowLimits(1, 0).build();
        books.get(1L);
        engine.work();
        books.get(1L);
        assertThat(listener.events).containsExactly("get not compared BUSY");
        engine.pass(RECHECK);
        engine.work();
        books.get(1L);
        assertThat(engine.tasks).hasSize(1);
    }

    @Test
    void a_shadow_that_did_not_begin_before_its_deadline_is_not_made() {
        MigratingRepository<Book, Long> books = options().shadowLimits(1, 0).build();
        books.get(1L);
        engine.pass(DEADLINE);
        engine.work();

        assertThat(remote.asked).isEmpty();
        assertThat(listener.events).containsExactly("get not compared LATE");
        books.get(1L);
        assertThat(engine.tasks).hasSize(1);
    }

    @Test
    void a_local_answer_is_not_written_as_json_on_the_callers_thread() {
        AtomicLong written = new AtomicLong();
        MigratingRepository<Book, Long> books = options()
                .json(new JsonCodec() {
                    @Override
                    public byte[] encode(Object value) throws IOException {
                        written.incrementAndGet();
                        return JsonCodec.jackson2().encode(value);
                    }

                    @Override
                    public Object decode(byte[] json, java.lang.reflect.Type type) throws IOException {
                        return JsonCodec.jackson2().decode(json, type);
                    }
                })
                .build();
        books.get(1L);
        books.filter(Query.all());
        assertThat(written).hasValue(0);

        engine.work();
        assertThat(written).hasValue(4);
        assertThat(listener.events).containsExactly("get agreed", "filter agreed");
    }

    @Test
    @Timeout(30)
    void a_shadows_thread_inherits_nothing_from_the_first_caller() {
        InheritableThreadLocal<String> tenant = new InheritableThreadLocal<>();
        AtomicReference<String> inherited = new AtomicReference<>("none");
        remote.before(() -> inherited.set(String.valueOf(tenant.get())));
        tenant.set("of the first caller");
        try (MigratingRepository<Book, Long> books = options().engine(null).build()) {
            books.get(1L);
            Awaitility.await().until(() -> listener.events.contains("get agreed"));
        } finally {
            tenant.remove();
        }

        assertThat(inherited).hasValue("null");
    }

    @Test
    @Timeout(30)
    void a_blocked_shadow_never_delays_or_fails_the_caller() throws Exception {
        CountDownLatch served = new CountDownLatch(1);
        CountDownLatch blocked = new CountDownLatch(2);
        remote.before(() -> {
            try {
                blocked.countDown();
                served.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        try (MigratingRepository<Book, Long> books = options()
                .engine(null)
                .shadowLimits(2, 3)
                .shadowTimes(Duration.ofHours(1), RECHECK)
                .build()) {
            books.get(1L);
            books.get(1L);
            blocked.await();
            for (int i = 0; i < 48; i++) {
                assertThat(books.get(1L)).isEqualTo(BOOK);
            }
            // All fifty were served although nobody let the shadows go.
            assertThat(listener.events).hasSize(45).containsOnly("get not compared BUSY");
            served.countDown();
            Awaitility.await()
                    .untilAsserted(() -> assertThat(listener.events)
                            .filteredOn("get agreed"::equals)
                            .hasSize(5));
        }
    }

    @Test
    @Timeout(30)
    void a_shadow_is_interrupted_at_its_deadline() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(2);
        AtomicReference<Thread> thread = new AtomicReference<>();
        remote.before(() -> {
            thread.set(Thread.currentThread());
            try {
                never.await();
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
        });
        try (MigratingRepository<Book, Long> books = options()
                .engine(null)
                .shadowLimits(2, 3)
                .shadowTimes(Duration.ofMillis(100), RECHECK)
                .build()) {
            for (int i = 0; i < 50; i++) {
                assertThat(books.get(1L)).isEqualTo(BOOK);
            }
            interrupted.await();
            assertThat(thread.get()).isNotSameAs(Thread.currentThread());
            assertThat(thread.get().isDaemon()).isTrue();
            // Each of the fifty is accounted for: dropped at once, or given up at its deadline.
            Awaitility.await()
                    .untilAsserted(() -> assertThat(listener.events)
                            .hasSize(50)
                            .contains("get not compared LATE")
                            .allMatch(event -> event.matches("get not compared (LATE|BUSY)")));
            // The places are free again.
            remote.before(() -> {});
            Awaitility.await().untilAsserted(() -> {
                books.get(1L);
                assertThat(listener.events).contains("get agreed");
            });
        }
    }

    @Test
    void a_shadow_has_the_requests_headers_but_no_retries_and_no_place_in_its_cache() throws Exception {
        try (TestServer server = TestServer.answering(TestServer.status(503));
                RequestContext request = TestServer.context("X-Tenant", "t1", "Authorization", "Bearer token")) {
            RemoteModel<Book, Long> model = TestServer.books(server.service()
                    .propagate(HeaderPolicy.tracing().allow("X-Tenant"))
                    .credentials(Credentials.inbound()));
            MigratingRepository<Book, Long> books = MigratingRepository.builder("books", local, model, IdCodec.LONG)
                    .plan(MigrationPlan::shadow)
                    .listener(listener)
                    .engine(engine)
                    .build();
            try (Scope scope = request.bind()) {
                books.get(1L);
            }
            engine.work();

            assertThat(listener.events).containsExactly("get not compared FAILED");
            assertThat(server.requests).hasSize(1);
            assertThat(server.requests.get(0).getHeaders().get("X-Tenant")).isEqualTo("t1");
            assertThat(server.requests.get(0).getHeaders().get("Authorization")).isEqualTo("Bearer token");
            assertThat(server.pauses).isEmpty();
            assertThat(RequestContext.current()).isEmpty();
            // Without the shadow's mark the same call is made three times.
            assertThatThrownBy(() -> model.in(request).get(1L)).isInstanceOf(RemoteResponseException.class);
            assertThat(server.requests).hasSize(4);
        }
    }

    @Test
    void a_shadow_goes_past_circuit_breakers_and_renews_no_token_and_ends_at_its_deadline() throws Exception {
        AtomicLong throughTransports = new AtomicLong();
        AtomicLong renewals = new AtomicLong();
        try (TestServer server = TestServer.answering(TestServer.status(401))) {
            RemoteModel<Book, Long> model = TestServer.books(server.service()
                    .deadlineHeader("X-Time-Left")
                    .credentials(Credentials.bearer(() -> "token", rejected -> "token" + renewals.incrementAndGet()))
                    .transport(next -> call -> {
                        throughTransports.incrementAndGet();
                        return next.execute(call);
                    }));
            MigratingRepository.builder("books", local, model, IdCodec.LONG)
                    .plan(MigrationPlan::shadow)
                    .listener(listener)
                    .engine(engine)
                    .build()
                    .get(1L);
            engine.work();

            assertThat(listener.events).containsExactly("get not compared FAILED");
            assertThat(server.requests).hasSize(1);
            assertThat(throughTransports).hasValue(0);
            assertThat(renewals).hasValue(0);
            assertThat(Long.parseLong(server.requests.get(0).getHeaders().get("X-Time-Left")))
                    .isLessThanOrEqualTo(DEADLINE.toMillis());
        }
    }

    @Test
    void a_shadow_neither_fills_nor_reads_the_requests_cache() throws Exception {
        try (TestServer server = new TestServer(request -> TestServer.book(1))) {
            RemoteModel<Book, Long> model = server.books();
            MigratingRepository<Book, Long> books = MigratingRepository.builder("books", local, model, IdCodec.LONG)
                    .plan(MigrationPlan::shadow)
                    .engine(engine)
                    .build();
            RequestContext request = TestServer.context();
            try (Scope scope = request.bind()) {
                books.get(1L);
                books.get(1L);
                engine.work();
                assertThat(request.cache().size()).isZero();
                assertThat(server.requests).hasSize(2);
            }
        }
    }

    @Test
    void after_closing_reads_go_on_without_shadows_and_no_thread_is_left() {
        MigratingRepository<Book, Long> books = MigratingRepository.builder("closing", local, remote, IdCodec.LONG)
                .plan(MigrationPlan::shadow)
                .listener(listener)
                .build();
        books.get(1L);
        Awaitility.await().until(() -> listener.events.contains("get agreed"));
        assertThat(shadowThreads()).isPositive();
        books.close();
        books.close();

        Awaitility.await().until(() -> shadowThreads() == 0);
        assertThat(books.get(1L)).isEqualTo(BOOK);
        assertThat(listener.events).contains("get not compared BUSY");
    }

    private static long shadowThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("dowel-shadow-closing"))
                .count();
    }
}
