package dev.dowel.remotemodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.dowel.remotemodel.RemoteCallException.Outcome;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Stream;
import mockwebserver3.MockResponse;
import mockwebserver3.SocketEffect;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryTest {

    private static final MockResponse DROPPED = new MockResponse.Builder()
            .onResponseStart(new SocketEffect.CloseSocket())
            .build();

    private TestServer server;

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    private RemoteModel<Book, Long> books(MockResponse... answers) throws IOException {
        server = TestServer.answering(answers);
        return server.books();
    }

    static Stream<Arguments> onceOnly() {
        Consumer<RemoteModel<Book, Long>> post = books -> books.create(Book.titled("x", 1));
        Consumer<RemoteModel<Book, Long>> patch = books -> books.patch(7L, Patch.of("price", 1));
        return Stream.of(post, patch)
                .flatMap(write -> Stream.of(
                        Arguments.of(write, TestServer.status(503, "Retry-After", "0")),
                        Arguments.of(write, TestServer.status(503)),
                        Arguments.of(write, TestServer.status(502)),
                        Arguments.of(write, TestServer.status(504)),
                        Arguments.of(write, TestServer.status(408)),
                        Arguments.of(write, TestServer.status(408, "Retry-After", "0")),
                        Arguments.of(write, TestServer.status(429, "Retry-After", "0")),
                        Arguments.of(write, TestServer.status(401, "WWW-Authenticate", "Basic realm=x")),
                        Arguments.of(write, TestServer.status(307, "Location", "/other")),
                        Arguments.of(write, DROPPED)));
    }

    @ParameterizedTest
    @MethodSource("onceOnly")
    void posts_and_patches_are_sent_once(Consumer<RemoteModel<Book, Long>> write, MockResponse answer)
            throws IOException {
        RemoteModel<Book, Long> books = books(answer);

        assertThatThrownBy(() -> write.accept(books)).isInstanceOf(RemoteModelException.class);
        assertThat(server.requests).hasSize(1);
    }

    @Test
    void a_post_on_a_connection_that_dies_is_sent_once_and_its_outcome_is_unknown() throws IOException {
        RemoteModel<Book, Long> books = books(TestServer.book(1), DROPPED);
        books.get(1L);

        RemoteCallException e =
                catchThrowableOfType(RemoteCallException.class, () -> books.create(Book.titled("x", 1)));
        assertThat(e.outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(server.requests).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 502, 503, 504})
    void reads_puts_and_deletes_are_made_again_three_times_in_all(int status) throws IOException {
        RemoteModel<Book, Long> books = books(TestServer.status(status));
        assertThatThrownBy(() -> books.get(7L)).isInstanceOf(RemoteResponseException.class);
        assertThatThrownBy(() -> books.update(7L, Book.titled("x", 1))).isInstanceOf(RemoteResponseException.class);
        assertThatThrownBy(() -> books.delete(7L)).isInstanceOf(RemoteResponseException.class);

        assertThat(server.requests).hasSize(9);
        assertThat(server.pauses.subList(0, 2)).containsExactly(Duration.ofMillis(50), Duration.ofMillis(100));
    }

    @ParameterizedTest
    @ValueSource(ints = {500, 501, 400, 403, 409, 422, 429})
    void other_statuses_stand(int status) throws IOException {
        RemoteModel<Book, Long> books = books(TestServer.status(status));
        RemoteResponseException e = catchThrowableOfType(RemoteResponseException.class, () -> books.get(7L));

        assertThat(e.status()).isEqualTo(status);
        assertThat(server.requests).hasSize(1);
    }

    @Test
    void a_read_is_made_again_after_a_dropped_connection() throws IOException {
        assertThat(books(DROPPED, DROPPED, TestServer.book(7)).get(7L).id()).isEqualTo(7);
    }

    @ParameterizedTest
    @CsvSource({
        "503,0,PT0S",
        "503,2,PT2S",
        "429,1,PT1S",
        "503,'Thu, 01 Jan 2026 00:00:02 GMT',PT2S",
        "503,'Wed, 31 Dec 2025 00:00:00 GMT',PT0S"
    })
    void a_retry_after_that_fits_is_waited_for_fully(int status, String value, Duration pause) throws IOException {
        books(TestServer.status(status, "Retry-After", value), TestServer.book(7))
                .get(7L);

        assertThat(server.pauses).containsExactly(pause);
        assertThat(server.requests).hasSize(2);
    }

    @Test
    void a_retry_after_of_zero_is_not_followed_more_often_than_the_attempts_allow() throws IOException {
        RemoteModel<Book, Long> books = books(TestServer.status(503, "Retry-After", "0"));
        assertThatThrownBy(() -> books.get(7L)).isInstanceOf(RemoteResponseException.class);

        assertThat(server.requests).hasSize(3);
    }

    @ParameterizedTest
    @CsvSource({"503,3,PT3S", "503,120,PT2M", "429,3,PT3S", "503,'Thu, 01 Jan 2026 00:02:00 GMT',PT2M"})
    void a_retry_after_that_does_not_fit_fails_at_once_and_is_handed_on(int status, String value, Duration wait)
            throws IOException {
        RemoteModel<Book, Long> books = books(TestServer.status(status, "Retry-After", value));
        RemoteResponseException e = catchThrowableOfType(RemoteResponseException.class, () -> books.get(7L));

        assertThat(e.retryAfter()).contains(wait);
        assertThat(server.requests).hasSize(1);
        assertThat(server.pauses).isEmpty();
    }

    @Test
    void a_huge_retry_after_is_not_taken_for_none() throws IOException {
        RemoteModel<Book, Long> books = books(TestServer.status(503, "Retry-After", "99999999999999999999"));
        assertThatThrownBy(() -> books.get(7L)).isInstanceOf(RemoteResponseException.class);

        assertThat(server.requests).hasSize(1);
    }

    @Test
    void a_retry_after_longer_than_what_is_left_is_not_shortened() throws IOException {
        server = TestServer.answering(TestServer.status(503, "Retry-After", "1"));
        RemoteModel<Book, Long> books =
                TestServer.books(server.service().timeouts(Duration.ofMillis(500), Duration.ofMillis(900)));
        RemoteResponseException e = catchThrowableOfType(RemoteResponseException.class, () -> books.get(7L));

        assertThat(e.retryAfter()).contains(Duration.ofSeconds(1));
        assertThat(server.requests).hasSize(1);
        assertThat(server.pauses).isEmpty();
    }

    @Test
    void a_repeated_delete_that_finds_nothing_has_deleted() throws IOException {
        assertThat(books(DROPPED, TestServer.status(404)).delete(7L)).isTrue();
        assertThat(books(TestServer.status(503), TestServer.status(410)).delete(7L))
                .isTrue();
        assertThat(books(TestServer.status(404)).delete(7L)).isFalse();
    }

    @Test
    void what_could_not_be_sent_may_be_sent_again_even_a_post() throws IOException {
        int free;
        try (ServerSocket socket = new ServerSocket(0)) {
            free = socket.getLocalPort();
        }
        int[] pauses = {0};
        RemoteModel<Book, Long> books =
                TestServer.books(RemoteService.builder("library", URI.create("http://localhost:" + free))
                        .timing(new Timing(System::nanoTime, java.time.Instant::now, () -> 0.5, pause -> pauses[0]++)));

        RemoteCallException e =
                catchThrowableOfType(RemoteCallException.class, () -> books.create(Book.titled("x", 1)));
        assertThat(e.outcome()).isEqualTo(Outcome.NOT_SENT);
        assertThat(pauses[0]).isEqualTo(2);
    }

    @Test
    void one_deadline_covers_all_attempts() throws IOException {
        server = TestServer.answering(new MockResponse.Builder()
                .onResponseStart(SocketEffect.Stall.INSTANCE)
                .build());
        RemoteModel<Book, Long> books =
                TestServer.books(server.service().timeouts(Duration.ofMillis(200), Duration.ofMillis(200)));
        RemoteTimeoutException e = catchThrowableOfType(RemoteTimeoutException.class, () -> books.get(7L));

        assertThat(e.outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(e).hasMessageContaining("PT0.2S");
        assertThat(server.requests).hasSize(1);
    }

    @Test
    void an_interrupt_ends_the_pause_and_stays_set() throws IOException {
        server = TestServer.answering(TestServer.status(503));
        RemoteModel<Book, Long> books = TestServer.books(
                server.service().timing(new Timing(System::nanoTime, java.time.Instant::now, () -> 0.5, pause -> {
                    throw new InterruptedException();
                })));

        assertThatThrownBy(() -> books.get(7L)).isInstanceOf(RemoteCallException.class);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void an_interrupt_ends_the_real_pause() throws IOException {
        server = TestServer.answering(TestServer.status(503, "Retry-After", "20"));
        RemoteModel<Book, Long> books = TestServer.books(server.service()
                .retry(RetryPolicy.standard().withMaxRetryAfter(Duration.ofSeconds(20)))
                .timing(new Timing(System::nanoTime, Instant::now, () -> 0.5, pause -> {
                    server.pauses.add(pause);
                    Thread.currentThread().interrupt();
                    Timing.SYSTEM.sleeper().sleep(pause);
                })));
        RemoteCallException e = catchThrowableOfType(RemoteCallException.class, () -> books.get(7L));

        assertThat(Thread.interrupted()).isTrue();
        assertThat(e)
                .isExactlyInstanceOf(RemoteCallException.class)
                .hasMessageEndingWith("was interrupted between two attempts");
        assertThat(e.outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(server.pauses).containsExactly(Duration.ofSeconds(20));
        assertThat(server.requests).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "POST"})
    void a_call_that_is_interrupted_while_it_waits_for_its_answer_is_not_made_again(String verb) throws IOException {
        Thread caller = Thread.currentThread();
        server = new TestServer(request -> {
            caller.interrupt();
            // More than one read from the socket, so that the interrupt is met inside of OkHttp.
            return TestServer.json(200, "{\"id\":7}" + " ".repeat(1_000_000));
        });
        RemoteModel<Book, Long> books = TestServer.books(server.service().idempotencyKeys(true));
        RemoteCallException e = catchThrowableOfType(
                RemoteCallException.class,
                () -> (verb.equals("GET") ? books.find(7L) : books.create(Book.titled("x", 1))).toString());

        assertThat(Thread.interrupted()).isTrue();
        assertThat(e).isExactlyInstanceOf(RemoteCallException.class).hasMessageEndingWith(" was interrupted");
        assertThat(e.outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(server.requests).hasSize(1);
        assertThat(server.pauses).isEmpty();
    }

    @Test
    void a_failure_to_read_back_does_not_look_like_a_failure_to_create() throws IOException {
        RemoteModel<Book, Long> books =
                books(TestServer.status(201, "Location", "/api/v1/books/7"), TestServer.status(500));

        RemoteCallException e =
                catchThrowableOfType(RemoteCallException.class, () -> books.create(Book.titled("x", 1)));
        assertThat(e.outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(e).hasMessageContaining("succeeded");
    }

    /** Who may be asked again: reads, puts and deletes, and with an Idempotency-Key also posts and patches. */
    static Stream<Arguments> table() {
        Map<String, Consumer<RemoteModel<Book, Long>>> verbs = new LinkedHashMap<>();
        verbs.put("GET", books -> books.find(7L));
        verbs.put("PUT", books -> books.update(7L, Book.titled("x", 1)));
        verbs.put("DELETE", books -> books.delete(7L));
        verbs.put("POST", books -> books.create(Book.titled("x", 1)));
        verbs.put("PATCH", books -> books.patch(7L, Patch.of("price", 1)));
        Map<String, MockResponse> answers = new LinkedHashMap<>();
        answers.put("dropped", DROPPED);
        answers.put("429 with Retry-After", TestServer.status(429, "Retry-After", "1"));
        for (int status : new int[] {408, 502, 503, 504, 429, 500, 404, 409, 422}) {
            answers.put("" + status, TestServer.json(status, "{}"));
        }
        Set<String> transients = Set.of("dropped", "429 with Retry-After", "408", "502", "503", "504");
        List<Arguments> cases = new ArrayList<>();
        verbs.forEach((verb, call) -> answers.forEach((name, answer) -> {
            for (boolean keyed : new boolean[] {false, true}) {
                boolean repeatable = keyed || Set.of("GET", "PUT", "DELETE").contains(verb);
                int requests = repeatable && transients.contains(name) ? 3 : 1;
                cases.add(Arguments.of(verb, keyed, name, requests, call, answer));
            }
        }));
        return cases.stream();
    }

    @ParameterizedTest(name = "{0}, keyed {1}, {2}: {3}")
    @MethodSource("table")
    void what_is_sent_again_depends_on_verb_key_and_answer(
            String verb,
            boolean keyed,
            String name,
            int requests,
            Consumer<RemoteModel<Book, Long>> call,
            MockResponse answer)
            throws IOException {
        server = TestServer.answering(answer);
        RemoteModel<Book, Long> books = TestServer.books(server.service().idempotencyKeys(keyed));
        Throwable failure = catchThrowable(() -> call.accept(books));

        assertThat(server.requests).hasSize(requests).allMatch(request -> verb.equals(request.getMethod()));
        assertThat(server.pauses).hasSize(requests - 1);
        assertThat(server.requests.stream()
                        .map(request -> String.valueOf(request.getHeaders().get("Idempotency-Key")))
                        .distinct())
                .singleElement()
                .matches(
                        key -> key.equals("null")
                                == !(keyed && Set.of("POST", "PATCH").contains(verb)),
                        name);
        boolean isAnswer = name.equals("404") && (verb.equals("GET") || verb.equals("DELETE"));
        assertThat(failure == null).as("%s answered with %s", verb, name).isEqualTo(isAnswer);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.0, 0.999})
    void pauses_are_random_below_a_ceiling_that_doubles_up_to_a_second(double random) throws IOException {
        server = TestServer.answering(TestServer.status(503));
        RemoteModel<Book, Long> books = TestServer.books(server.service()
                .retry(RetryPolicy.standard().withAttempts(10))
                .timing(new Timing(System::nanoTime, Instant::now, () -> random, server.pauses::add)));
        assertThatThrownBy(() -> books.get(7L)).isInstanceOf(RemoteResponseException.Unavailable.class);

        assertThat(server.requests).hasSize(10);
        assertThat(server.pauses)
                .containsExactlyElementsOf(Stream.of(100, 200, 400, 800, 1_000, 1_000, 1_000, 1_000, 1_000)
                        .map(ceiling -> Duration.ofNanos((long) (ceiling * 1_000_000L * random)))
                        .toList())
                .allMatch(pause -> !pause.isNegative() && pause.compareTo(Duration.ofSeconds(1)) < 0);
    }

    @Test
    void a_pause_that_does_not_fit_what_is_left_is_not_begun() throws IOException {
        AtomicLong nanos = new AtomicLong();
        server = TestServer.answering(TestServer.status(503));
        RemoteModel<Book, Long> books = TestServer.books(server.service()
                .timing(new Timing(nanos::get, Instant::now, () -> 0.999, server.pauses::add))
                .transport(next -> call -> {
                    Transport.Response response = next.execute(call);
                    nanos.addAndGet(
                            Duration.ofSeconds(30).minus(Duration.ofMillis(80)).toNanos());
                    return response;
                }));

        assertThatThrownBy(() -> books.get(7L)).isInstanceOf(RemoteResponseException.Unavailable.class);
        assertThat(server.requests).hasSize(1);
        assertThat(server.pauses).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"0.999,PT0.08S,", "0.999,PT0.0999S,", "0.999,PT0.1S,PT0.0999S", "0.5,PT0.08S,PT0.05S"})
    void a_random_pause_is_shorter_than_what_is_left(double random, Duration left, Duration pause) {
        RetryRules rules = new RetryRules(
                RetryPolicy.standard(), new Timing(System::nanoTime, Instant::now, () -> random, ignored -> {}));

        assertThat(rules.afterFailure(true, 1, true, left)).isEqualTo(Optional.ofNullable(pause));
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "PUT", "DELETE", "POST", "PATCH"})
    void a_connection_that_is_refused_is_tried_again_whatever_the_verb(String verb) throws IOException {
        int free;
        try (ServerSocket socket = new ServerSocket(0)) {
            free = socket.getLocalPort();
        }
        List<Duration> pauses = new ArrayList<>();
        RemoteModel<Book, Long> books =
                TestServer.books(RemoteService.builder("library", URI.create("http://localhost:" + free))
                        .timing(new Timing(System::nanoTime, Instant::now, () -> 0.5, pauses::add)));
        Throwable failure = catchThrowable(() -> {
            switch (verb) {
                case "GET" -> books.get(7L);
                case "PUT" -> books.update(7L, Book.titled("x", 1));
                case "DELETE" -> books.delete(7L);
                case "POST" -> books.create(Book.titled("x", 1));
                default -> books.patch(7L, Patch.of("price", 1));
            }
        });

        assertThat(failure)
                .isInstanceOfSatisfying(
                        RemoteCallException.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.NOT_SENT))
                .hasMessageStartingWith(verb + " http://localhost:" + free + "/api/v1/books");
        assertThat(pauses).hasSize(2);
    }
}
