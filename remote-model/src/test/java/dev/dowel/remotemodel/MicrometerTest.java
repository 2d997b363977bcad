package dev.dowel.remotemodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dowel.remotemodel.micrometer.MicrometerCallListener;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import mockwebserver3.MockResponse;
import mockwebserver3.RecordedRequest;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MicrometerTest {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private TestServer server;

    @AfterEach
    void stop() {
        server.close();
    }

    private RemoteModel<Book, Long> books(MockResponse... answers) throws IOException {
        server = TestServer.answering(answers);
        return books();
    }

    private RemoteModel<Book, Long> books() {
        return TestServer.books(server.service().listener(new MicrometerCallListener(registry)));
    }

    @Test
    void times_each_call_by_service_entity_operation_and_outcome() throws IOException {
        RemoteModel<Book, Long> books = books(TestServer.book(7), TestServer.book(7), TestServer.status(404));
        books.get(7L);
        books.get(7L);
        books.find(8L);

        assertThat(registry.get("dowel.remote.calls")
                        .tags("service", "library", "entity", "books", "operation", "get", "outcome", "success")
                        .timer()
                        .count())
                .isEqualTo(2);
        assertThat(registry.get("dowel.remote.calls")
                        .tags("operation", "get", "outcome", "absent")
                        .timer()
                        .count())
                .isEqualTo(1);
        assertThat(registry.find("dowel.remote.retries").counters()).isEmpty();
    }

    @Test
    void counts_attempts_after_the_first() throws IOException {
        RemoteModel<Book, Long> books = books(TestServer.status(503));
        assertThatThrownBy(() -> books.get(7L)).isInstanceOf(RemoteResponseException.class);

        assertThat(registry.get("dowel.remote.retries")
                        .tags("service", "library", "entity", "books", "operation", "get")
                        .counter()
                        .count())
                .isEqualTo(2);
        assertThat(registry.get("dowel.remote.calls")
                        .tag("outcome", "server_error")
                        .timer()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void counts_what_the_cache_spared() throws IOException {
        RemoteModel<Book, Long> books = books(TestServer.book(7)).in(TestServer.context());
        books.get(7L);
        books.get(7L);
        books.get(7L);

        assertThat(registry.get("dowel.remote.cache")
                        .tags("service", "library", "entity", "books", "result", "hit")
                        .counter()
                        .count())
                .isEqualTo(2);
        assertThat(registry.get("dowel.remote.cache")
                        .tags("result", "miss")
                        .counter()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void counts_answers_that_are_deprecated() throws IOException {
        RemoteModel<Book, Long> books = books(
                TestServer.book(7).newBuilder().setHeader("Deprecation", "true").build());
        books.get(7L);
        books.get(7L);

        assertThat(registry.get("dowel.remote.deprecations")
                        .tags("service", "library", "entity", "books", "operation", "get")
                        .counter()
                        .count())
                .isEqualTo(2);
    }

    @Test
    void ten_thousand_ids_leave_the_number_of_meters_as_it_is() throws IOException {
        server = new TestServer(MicrometerTest::halfOfThem);
        RemoteModel<Book, Long> books = books().in(TestServer.context());
        ask(books, 0);
        List<Meter.Id> before = ids();
        for (long from = 1; from < 10; from++) {
            ask(books, from * 1_000);
        }

        assertThat(ids()).containsExactlyInAnyOrderElementsOf(before).hasSize(6);
        assertThat(registry.get("dowel.remote.cache")
                        .tag("result", "miss")
                        .counter()
                        .count())
                .isGreaterThanOrEqualTo(10_000);
        assertThat(before.toString()).doesNotContain("Book", "canary");
    }

    private static void ask(RemoteModel<Book, Long> books, long from) {
        books.getAll(LongStream.range(from, from + 1_000).boxed().toList());
        for (long id = from; id < from + 10; id++) {
            books.find(id);
            books.fresh().find(id);
            books.filter(Query.where("title", "canary" + id));
        }
    }

    private List<Meter.Id> ids() {
        return registry.getMeters().stream().map(Meter::getId).toList();
    }

    private static MockResponse halfOfThem(RecordedRequest request) {
        List<String> path = request.getUrl().pathSegments();
        if (path.size() > 3) {
            long id = Long.parseLong(path.get(3));
            return id % 2 == 0 ? TestServer.book(id) : TestServer.status(404);
        }
        String asked = request.getUrl().queryParameter("id__in");
        List<String> found = new ArrayList<>();
        for (String id : asked == null ? new String[0] : asked.split(",", -1)) {
            if (Long.parseLong(id) % 2 == 0) {
                found.add("{\"id\":" + id + ",\"title\":\"Book " + id + "\",\"price\":1}");
            }
        }
        return TestServer.json(200, "[" + String.join(",", found) + "]");
    }

    @Test
    void the_trace_context_of_the_inbound_request_is_passed_on_unchanged_on_every_attempt() throws IOException {
        String parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        String state = "rojo=00f067aa0ba902b7, congo=t61rcWkgMzE,vendor@sys=a:b;c";
        RequestContext inbound = TestServer.context("TraceParent", parent, "tracestate", state);
        books(TestServer.status(503), TestServer.book(7)).in(inbound).get(7L);

        assertThat(server.requests).hasSize(2).allSatisfy(request -> {
            assertThat(request.getHeaders().values("traceparent")).containsExactly(parent);
            assertThat(request.getHeaders().values("tracestate")).containsExactly(state);
        });
    }

    @Test
    void counts_who_got_what_another_thread_was_asking_for() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        server = new TestServer(request -> {
            asked.countDown();
            Fixtures.await(answer);
            return TestServer.book(7);
        });
        RemoteModel<Book, Long> books = books().in(TestServer.context());
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            Future<Book> owner = threads.submit(() -> books.get(7L));
            Fixtures.await(asked);
            AtomicReference<Thread> waiting = new AtomicReference<>();
            Future<Book> waiter = threads.submit(() -> {
                waiting.set(Thread.currentThread());
                return books.get(7L);
            });
            Awaitility.await()
                    .until(() -> waiting.get() != null && waiting.get().getState() == Thread.State.TIMED_WAITING);
            answer.countDown();
            assertThat(waiter.get(10, TimeUnit.SECONDS)).isEqualTo(owner.get(10, TimeUnit.SECONDS));
        } finally {
            threads.shutdown();
        }

        for (String result : List.of("coalesced", "miss")) {
            assertThat(registry.get("dowel.remote.cache")
                            .tags("service", "library", "entity", "books", "result", result)
                            .counter()
                            .count())
                    .isEqualTo(1);
        }
    }
}
