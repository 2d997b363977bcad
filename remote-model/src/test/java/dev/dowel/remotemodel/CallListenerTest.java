package dev.dowel.remotemodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.dowel.remotemodel.CallListener.CacheResult;
import dev.dowel.remotemodel.CallListener.Outcome;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import mockwebserver3.MockResponse;
import mockwebserver3.SocketEffect;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

class CallListenerTest {

    private static final MockResponse DROPPED = new MockResponse.Builder()
            .onResponseStart(new SocketEffect.CloseSocket())
            .build();

    private final Heard heard = new Heard();
    private TestServer server;

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    static Stream<Arguments> endings() {
        return Stream.of(
                Arguments.of(Operation.GET, TestServer.book(7), Outcome.SUCCESS, 1),
                Arguments.of(Operation.GET, TestServer.json(404, "{}"), Outcome.ABSENT, 1),
                Arguments.of(Operation.GET, TestServer.status(404, "Content-Type", "text/html"), Outcome.ABSENT, 1),
                Arguments.of(Operation.GET, page(404), Outcome.CLIENT_ERROR, 1),
                Arguments.of(Operation.GET, page(200), Outcome.UNREADABLE, 1),
                Arguments.of(Operation.GET, TestServer.status(204), Outcome.UNREADABLE, 1),
                Arguments.of(Operation.GET, TestServer.status(302, "Location", "/x"), Outcome.REDIRECT, 1),
                Arguments.of(Operation.GET, TestServer.status(403), Outcome.CLIENT_ERROR, 1),
                Arguments.of(Operation.GET, TestServer.status(503), Outcome.SERVER_ERROR, 3),
                Arguments.of(Operation.GET, DROPPED, Outcome.UNKNOWN, 3),
                Arguments.of(Operation.FILTER, TestServer.json(404, "{}"), Outcome.CLIENT_ERROR, 1),
                Arguments.of(Operation.FILTER, TestServer.json(200, "[]"), Outcome.SUCCESS, 1),
                Arguments.of(Operation.CREATE, DROPPED, Outcome.UNKNOWN, 1),
                Arguments.of(Operation.CREATE, TestServer.json(404, "{}"), Outcome.CLIENT_ERROR, 1),
                Arguments.of(Operation.CREATE, page(201), Outcome.UNREADABLE, 1),
                Arguments.of(Operation.DELETE, TestServer.status(204), Outcome.SUCCESS, 1),
                Arguments.of(Operation.DELETE, page(200), Outcome.SUCCESS, 1));
    }

    private static MockResponse page(int status) {
        return TestServer.status(status, "Content-Type", "text/html")
                .newBuilder()
                .body("<p>")
                .build();
    }

    @ParameterizedTest
    @MethodSource("endings")
    void hears_how_each_call_ended_and_after_how_many_attempts(
            Operation operation, MockResponse answer, Outcome outcome, int attempts) throws IOException {
        server = TestServer.answering(answer);
        RemoteModel<Book, Long> books = books(server.service());
        quietly(() -> {
            switch (operation) {
                case GET -> books.find(7L);
                case FILTER -> books.filter(Query.all());
                case CREATE -> books.create(Book.titled("x", 1));
                default -> books.delete(7L);
            }
        });

        assertThat(heard.calls).singleElement().satisfies(ended -> {
            assertThat(ended.operation()).isEqualTo(operation);
            assertThat(ended.service()).isEqualTo("library");
            assertThat(ended.entity()).isEqualTo("books");
            assertThat(ended.outcome()).isEqualTo(outcome);
            assertThat(ended.attempts()).isEqualTo(attempts);
        });
    }

    @Test
    void hears_of_calls_that_were_never_sent() throws IOException {
        URI nobody = URI.create("http://localhost:" + freePort());
        quietly(() -> books(RemoteService.builder("library", nobody).retry(RetryPolicy.none()))
                .get(7L));
        server = TestServer.answering(TestServer.book(7));
        quietly(() -> books(server.service().transport(next -> call -> {
                    throw new IllegalStateException("open");
                }))
                .get(7L));

        assertThat(heard.calls)
                .extracting(CallListener.Call::outcome)
                .containsExactly(Outcome.NOT_SENT, Outcome.NOT_SENT);
        assertThat(server.requests).isEmpty();
    }

    @Test
    void hears_of_timeouts_and_of_exceptions_of_the_program() throws IOException {
        server = TestServer.answering(
                new MockResponse.Builder().headersDelay(1, TimeUnit.HOURS).build());
        quietly(() -> books(server.service().timeouts(Duration.ofSeconds(1), Duration.ofMillis(100)))
                .get(7L));
        try (TestServer unused = TestServer.answering(TestServer.book(7))) {
            quietly(() ->
                    books(unused.service().transport(next -> call -> fake())).get(7L));
        }

        assertThat(heard.calls).extracting(CallListener.Call::outcome).containsExactly(Outcome.TIMEOUT, Outcome.FAILED);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    /** What no transport of ours has made. */
    private static Transport.Response fake() {
        return new Transport.Response() {
            @Override
            public int status() {
                return 200;
            }

            @Override
            public java.util.Optional<String> retryAfterHeader() {
                return java.util.Optional.empty();
            }
        };
    }

    @Test
    void a_call_after_the_deadline_of_its_request_is_a_timeout_without_an_attempt() throws IOException {
        server = TestServer.answering(TestServer.book(7));
        RequestContext late = RequestContext.of(java.util.Map.of(), HeaderPolicy.tracing(), Duration.ZERO);
        quietly(() -> books(server.service()).in(late).get(7L));

        assertThat(heard.calls).singleElement().satisfies(ended -> {
            assertThat(ended.outcome()).isEqualTo(Outcome.TIMEOUT);
            assertThat(ended.attempts()).isZero();
        });
    }

    @Test
    void the_duration_covers_all_attempts_and_pauses() throws IOException {
        AtomicLong clock = new AtomicLong();
        server = TestServer.answering(TestServer.status(503), TestServer.status(503), TestServer.book(7));
        Timing timing =
                new Timing(clock::get, () -> Instant.EPOCH, () -> 0.5, pause -> clock.addAndGet(pause.toNanos()));
        books(server.service().timing(timing)).get(7L);

        assertThat(heard.calls).singleElement().satisfies(ended -> {
            assertThat(ended.attempts()).isEqualTo(3);
            assertThat(ended.duration()).isEqualTo(Duration.ofMillis(150));
        });
    }

    @Test
    void a_call_again_with_a_new_token_is_one_call_of_two_attempts() throws IOException {
        server = TestServer.answering(TestServer.status(401), TestServer.book(7));
        books(server.service().credentials(Credentials.bearer(() -> "old", rejected -> "new")))
                .get(7L);

        assertThat(heard.calls).singleElement().satisfies(ended -> {
            assertThat(ended.attempts()).isEqualTo(2);
            assertThat(ended.outcome()).isEqualTo(Outcome.SUCCESS);
        });
    }

    @Test
    void each_question_to_the_service_is_a_call_with_its_operation() throws IOException {
        DjangoServer django = new DjangoServer(3, "http://internal.invalid");
        server = new TestServer(django::answer);
        RemoteModel<Book, Long> books = books(server.service());
        for (int i = 0; i < 4; i++) {
            books.create(Book.titled("x", i));
        }
        heard.calls.clear();
        books.filter(Query.all()).next();
        books.getAll(List.of(1L, 2L));
        books.update(1L, Book.titled("y", 1));
        books.patch(1L, Patch.of("price", 2));
        books.delete(1L);

        assertThat(heard.calls)
                .extracting(CallListener.Call::operation)
                .containsExactly(
                        Operation.FILTER,
                        Operation.FILTER,
                        Operation.GET_ALL,
                        Operation.UPDATE,
                        Operation.PATCH,
                        Operation.DELETE);
    }

    @Test
    void a_listener_that_throws_fails_no_call_and_is_logged_once() throws IOException {
        ListAppender<ILoggingEvent> logs = new ListAppender<>();
        logs.start();
        ((Logger) LoggerFactory.getLogger(RemoteService.class)).addAppender(logs);
        server = TestServer.answering(TestServer.book(7)
                .newBuilder()
                .setHeader("Deprecation", "@1688169599")
                .build());
        CallListener broken = new CallListener() {
            @Override
            public void callEnded(Call call) {
                throw new AssertionError("a");
            }

            @Override
            public void cacheRead(CacheRead read) {
                throw new IllegalStateException("b");
            }

            @Override
            public void deprecationNoticed(Deprecation deprecation) {
                throw new NoClassDefFoundError("c");
            }
        };
        RemoteModel<Book, Long> books = books(server.service().listener(broken)).in(TestServer.context());
        for (long id = 1; id <= 5; id++) {
            assertThat(books.get(id).id()).isEqualTo(7);
        }

        assertThat(logs.list)
                .singleElement()
                .satisfies(event -> assertThat(event.getFormattedMessage())
                        .contains(broken.getClass().getName()));
        assertThat(heard.calls).hasSize(5);
    }

    @Test
    void several_listeners_hear_the_same_in_order_of_adding() throws IOException {
        List<String> order = new ArrayList<>();
        server = TestServer.answering(TestServer.book(7));
        books(server.service().listener(noting("1", order)).listener(noting("2", order)))
                .get(7L);

        assertThat(order).containsExactly("1", "2");
        assertThatThrownBy(() -> server.service().listener(null)).isInstanceOf(NullPointerException.class);
    }

    private static CallListener noting(String name, List<String> order) {
        return new CallListener() {
            @Override
            public void callEnded(Call call) {
                order.add(name);
            }
        };
    }

    @Test
    void no_event_holds_an_id_a_url_a_query_a_body_or_a_credential() throws IOException {
        for (int status : new int[] {200, 302, 401, 404, 422, 503}) {
            server = TestServer.answering(TestServer.json(status, "{\"title\":\"canary\"}")
                    .newBuilder()
                    .setHeader("Deprecation", "canary")
                    .setHeader("Sunset", "Sun, 11 Nov 2029 23:59:59 GMT")
                    .setHeader("Link", "<https://example.org/?canary>; rel=\"deprecation\"")
                    .setHeader("Location", "/canary")
                    .build());
            RemoteModel<Book, String> books = server.service()
                    .listener(heard)
                    .credentials(Credentials.bearer(() -> "canary"))
                    .build()
                    .model("books", Book.class, IdCodec.STRING)
                    .id(Book::title)
                    .build()
                    .in(TestServer.context("X-Tenant", "canary"));
            quietly(() -> books.get("canary"));
            quietly(() -> books.getAll(List.of("canary", "other")));
            quietly(() -> books.filter(Query.where("title", "canary")));
            quietly(() -> books.create(Book.titled("canary", 1)));
            quietly(() -> books.patch("canary", Patch.of("title", "canary")));
            quietly(() -> books.delete("canary"));
            server.close();
        }

        assertThat(heard.all()).hasSizeGreaterThan(60).noneMatch(event -> event.contains("canary"));
        assertThat(heard.deprecations).isNotEmpty();
    }

    private RemoteModel<Book, Long> books(RemoteService.Builder service) {
        return TestServer.books(service.listener(heard));
    }

    private static void quietly(Runnable call) {
        try {
            call.run();
        } catch (RemoteModelException | IllegalStateException expected) {
            assertThat(expected.getMessage()).isNotEmpty();
        }
    }

    /** Keeps what it hears. */
    static final class Heard implements CallListener {

        final List<Call> calls = new CopyOnWriteArrayList<>();
        final List<CacheRead> reads = new CopyOnWriteArrayList<>();
        final List<Deprecation> deprecations = new CopyOnWriteArrayList<>();

        @Override
        public void callEnded(Call call) {
            calls.add(call);
        }

        @Override
        public void cacheRead(CacheRead read) {
            reads.add(read);
        }

        @Override
        public void deprecationNoticed(Deprecation deprecation) {
            deprecations.add(deprecation);
        }

        List<CacheResult> results() {
            return reads.stream().map(CacheRead::result).toList();
        }

        List<String> all() {
            return Stream.of(calls, reads, deprecations)
                    .flatMap(List::stream)
                    .map(Object::toString)
                    .toList();
        }
    }
}
