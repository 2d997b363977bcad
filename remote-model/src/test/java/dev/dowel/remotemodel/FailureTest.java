package dev.dowel.remotemodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.dowel.remotemodel.RemoteResponseException.BadRequest;
import dev.dowel.remotemodel.RemoteResponseException.Conflict;
import dev.dowel.remotemodel.RemoteResponseException.Forbidden;
import dev.dowel.remotemodel.RemoteResponseException.PreconditionFailed;
import dev.dowel.remotemodel.RemoteResponseException.RouteNotFound;
import dev.dowel.remotemodel.RemoteResponseException.ServerError;
import dev.dowel.remotemodel.RemoteResponseException.TooManyRequests;
import dev.dowel.remotemodel.RemoteResponseException.Unauthorized;
import dev.dowel.remotemodel.RemoteResponseException.Unavailable;
import dev.dowel.remotemodel.RemoteResponseException.UnexpectedRedirect;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import javax.net.SocketFactory;
import mockwebserver3.MockResponse;
import mockwebserver3.SocketEffect;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class FailureTest {

    private TestServer server;

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    private RemoteService.Builder service(MockResponse... answers) throws IOException {
        server = TestServer.answering(answers);
        return server.service().retry(RetryPolicy.none());
    }

    static Stream<Arguments> types() {
        return Stream.of(
                Arguments.of(302, UnexpectedRedirect.class),
                Arguments.of(400, BadRequest.class),
                Arguments.of(401, Unauthorized.class),
                Arguments.of(403, Forbidden.class),
                Arguments.of(405, RemoteResponseException.class),
                Arguments.of(409, Conflict.class),
                Arguments.of(412, PreconditionFailed.class),
                Arguments.of(422, BadRequest.class),
                Arguments.of(429, TooManyRequests.class),
                Arguments.of(500, ServerError.class),
                Arguments.of(502, ServerError.class),
                Arguments.of(503, Unavailable.class),
                Arguments.of(799, ServerError.class));
    }

    @ParameterizedTest
    @MethodSource("types")
    void each_status_has_the_type_a_caller_would_catch(int status, Class<?> type) throws IOException {
        RemoteModel<Book, Long> books = TestServer.books(service(TestServer.status(status, "X-Reason", "r")));
        RemoteResponseException e = catchThrowableOfType(RemoteResponseException.class, () -> books.get(7L));

        assertThat(e).isExactlyInstanceOf(type);
        assertThat(e.status()).isEqualTo(status);
        assertThat(e.headers().get("x-reason")).containsExactly("r");
    }

    @Test
    void a_404_that_is_not_the_services_own_is_a_route_that_is_not_there() throws IOException {
        MockResponse html = new MockResponse.Builder()
                .code(404)
                .setHeader("Content-Type", "text/html")
                .body("<h1>nginx</h1>")
                .build();
        RemoteModel<Book, Long> books = TestServer.books(service(html));

        assertThatThrownBy(() -> books.find(7L)).isInstanceOf(RouteNotFound.class);
        assertThatThrownBy(() -> books.create(Book.titled("x", 1))).isInstanceOf(RouteNotFound.class);
    }

    @Test
    void a_waiter_gets_the_same_type_with_its_own_stack() {
        RemoteResponseException original = RemoteResponseException.of(409, "taken");
        RemoteModelException copy = original.copy();

        assertThat(copy).isExactlyInstanceOf(Conflict.class).hasMessage("taken").hasCause(original);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 200, 299, 600})
    void what_is_no_failure_cannot_be_made_one(int status) {
        assertThatThrownBy(() -> RemoteResponseException.of(status, "x")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void an_exception_survives_serialization() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(RemoteResponseException.of(503, "away"));
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            RemoteResponseException read = (RemoteResponseException) in.readObject();
            assertThat(read).isInstanceOf(Unavailable.class);
            assertThat(read.problem()).isEmpty();
            assertThat(read.headers()).isEmpty();
        }
    }

    @Test
    void retries_stop_when_the_budget_is_used_up_and_come_back_with_calls_that_succeed() throws IOException {
        server = TestServer.answering(TestServer.status(503));
        RemoteModel<Book, Long> books = TestServer.books(server.service());
        for (int i = 0; i < 100; i++) {
            assertThatThrownBy(() -> books.get(7L)).isInstanceOf(Unavailable.class);
        }
        // 100 calls, the reserve of 10 and a tenth of the calls.
        assertThat(server.requests.size()).isBetween(115, 121);
    }

    @Test
    void a_budget_of_nothing_leaves_the_reserve() throws IOException {
        server = TestServer.answering(TestServer.status(503));
        RemoteModel<Book, Long> books =
                TestServer.books(server.service().retry(RetryPolicy.standard().withBudget(0)));
        for (int i = 0; i < 50; i++) {
            assertThatThrownBy(() -> books.get(7L)).isInstanceOf(Unavailable.class);
        }
        assertThat(server.requests).hasSize(60);
    }

    @Test
    void a_policy_has_ranges() {
        RetryPolicy policy = RetryPolicy.standard();

        assertThatThrownBy(() -> policy.withBudget(101)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> policy.withBudget(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> policy.withAttempts(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> policy.withAttempts(11)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> policy.withMaxRetryAfter(Duration.ofSeconds(-1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_longer_retry_after_is_waited_for_when_allowed() throws IOException {
        server = TestServer.answering(TestServer.status(503, "Retry-After", "4"), TestServer.book(7));
        TestServer.books(server.service().retry(RetryPolicy.standard().withMaxRetryAfter(Duration.ofSeconds(4))))
                .get(7L);

        assertThat(server.pauses).containsExactly(Duration.ofSeconds(4));
    }

    @Test
    void nothing_is_sent_after_the_deadline_of_the_request() throws IOException {
        RemoteModel<Book, Long> books = TestServer.books(service(TestServer.book(7)));
        RequestContext late = RequestContext.of(Map.of(), HeaderPolicy.none(), Duration.ZERO);

        RemoteTimeoutException e = catchThrowableOfType(
                RemoteTimeoutException.class, () -> books.in(late).get(7L));
        assertThat(e.outcome()).isEqualTo(RemoteCallException.Outcome.NOT_SENT);
        assertThat(e).hasMessageContaining("deadline of the request");
        assertThat(server.requests).isEmpty();
    }

    @Test
    void the_deadline_of_the_request_ends_a_call_before_the_call_timeout() throws IOException {
        RemoteModel<Book, Long> books = TestServer.books(service(new MockResponse.Builder()
                .onResponseStart(SocketEffect.Stall.INSTANCE)
                .build()));
        RequestContext soon = RequestContext.of(Map.of(), HeaderPolicy.none(), Duration.ofMillis(200));

        RemoteTimeoutException e = catchThrowableOfType(
                RemoteTimeoutException.class, () -> books.in(soon).get(7L));
        assertThat(e.outcome()).isEqualTo(RemoteCallException.Outcome.UNKNOWN);
        assertThat(e).hasMessageContaining("deadline of the request");
        assertThat(soon.timeLeft()).contains(Duration.ZERO);
    }

    @Test
    void what_is_left_is_told_to_the_other_service_when_it_has_a_header_for_that() throws IOException {
        RequestContext context = RequestContext.of(Map.of(), HeaderPolicy.none(), Duration.ofSeconds(30));
        RemoteModel<Book, Long> books = TestServer.books(service(TestServer.book(7))
                .deadlineHeader("X-Time-Left")
                .timeouts(Duration.ofSeconds(10), Duration.ofMinutes(5)));
        books.in(context).get(7L);
        books.get(8L);

        assertThat(millis(0)).isBetween(1L, 30_000L);
        assertThat(millis(1)).isBetween(30_001L, 300_000L);
    }

    private long millis(int request) {
        return Long.parseLong(
                String.valueOf(server.requests.get(request).getHeaders().get("X-Time-Left")));
    }

    @Test
    void a_deadline_header_has_one_meaning() throws IOException {
        RemoteService.Builder options = service(TestServer.book(7));

        assertThatThrownBy(() -> options.deadlineHeader("Host")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> options.deadlineHeader("a b")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> options.deadlineHeader("X-Left")
                        .propagate(HeaderPolicy.none().allow("x-left"))
                        .build())
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void the_body_of_a_failure_is_read_up_to_64_kib_and_never_in_the_message() throws IOException {
        MockResponse large = new MockResponse.Builder()
                .code(500)
                .body("canary".repeat(20_000))
                .build();
        RemoteModel<Book, Long> books = TestServer.books(service(large));
        RemoteResponseException e = catchThrowableOfType(RemoteResponseException.class, () -> books.get(7L));

        assertThat(e.body()).hasSize(64 * 1024);
        assertThat(e.getMessage()).doesNotContain("canary");
        assertThat(List.of(e.toString())).noneMatch(text -> text.contains("canary"));
    }

    @Test
    void a_connection_that_does_not_come_about_in_time_is_named_and_nothing_was_sent() throws IOException {
        OkHttpClient client =
                new OkHttpClient.Builder().socketFactory(new NeverConnected()).build();
        RemoteModel<Book, Long> books =
                TestServer.books(service(TestServer.book(7)).okHttpClient(client));

        RemoteTimeoutException e =
                catchThrowableOfType(RemoteTimeoutException.class, () -> books.create(Book.titled("x", 1)));
        assertThat(e.outcome()).isEqualTo(RemoteCallException.Outcome.NOT_SENT);
        assertThat(e)
                .hasMessage(
                        "POST " + server.base() + "/api/v1/books could not connect within the connect timeout of PT20S")
                .hasCauseInstanceOf(SocketTimeoutException.class);
        assertThat(server.requests).isEmpty();
    }

    /** As if the other side did not answer while connecting. */
    private static final class NeverConnected extends SocketFactory {
        @Override
        public Socket createSocket() {
            return new Socket() {
                @Override
                public void connect(SocketAddress endpoint, int timeout) throws IOException {
                    throw new SocketTimeoutException("connect timed out");
                }
            };
        }

        @Override
        public Socket createSocket(String host, int port) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Socket createSocket(InetAddress host, int port) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort) {
            throw new UnsupportedOperationException();
        }
    }

    @Test
    void models_of_one_service_share_its_budget_and_another_service_has_its_own() throws IOException {
        server = TestServer.answering(TestServer.status(503));
        RemoteService library =
                server.service().retry(RetryPolicy.standard().withBudget(0)).build();
        RemoteModel<Book, Long> books =
                library.model("books", Book.class, IdCodec.LONG).build();
        RemoteModel<Book, Long> users =
                library.model("users", Book.class, IdCodec.LONG).build();
        for (int i = 0; i < 5; i++) {
            assertThatThrownBy(() -> books.get(7L)).isInstanceOf(Unavailable.class);
        }
        assertThat(server.requests).hasSize(15);
        assertThatThrownBy(() -> users.get(7L)).isInstanceOf(Unavailable.class);
        assertThat(server.requests).hasSize(16);

        assertThatThrownBy(() -> server.books().get(7L)).isInstanceOf(Unavailable.class);
        assertThat(server.requests).hasSize(19);
    }

    @Test
    void a_long_retry_after_takes_nothing_out_of_the_budget() throws IOException {
        server = TestServer.answering(TestServer.status(503, "Retry-After", "120"));
        RemoteModel<Book, Long> books =
                TestServer.books(server.service().retry(RetryPolicy.standard().withBudget(0)));
        for (int i = 0; i < 20; i++) {
            assertThatThrownBy(() -> books.get(7L)).isInstanceOf(Unavailable.class);
        }
        assertThat(server.requests).hasSize(20);
        assertThatThrownBy(() -> books.create(Book.titled("x", 1))).isInstanceOf(Unavailable.class);
        assertThat(server.pauses).isEmpty();
    }

    @Test
    void one_deadline_covers_attempts_renewed_tokens_and_redirects() throws IOException {
        AtomicLong nanos = new AtomicLong();
        List<MockResponse> answers = new ArrayList<>(List.of(
                TestServer.status(503),
                TestServer.status(401),
                TestServer.status(302, "Location", "/api/v1/books/8"),
                TestServer.book(8)));
        server = new TestServer(request -> {
            nanos.addAndGet(Duration.ofSeconds(20).toNanos());
            return answers.remove(0);
        });
        RemoteModel<Book, Long> books = TestServer.books(server.service()
                .timing(new Timing(nanos::get, java.time.Instant::now, () -> 0, pause -> {}))
                .timeouts(Duration.ofSeconds(30), Duration.ofSeconds(100))
                .deadlineHeader("X-Time-Left")
                .followSameOriginRedirects(1)
                .credentials(Credentials.bearer(() -> "old", rejected -> "new")));

        assertThat(books.get(7L).id()).isEqualTo(8);
        assertThat(List.of(millis(0), millis(1), millis(2), millis(3)))
                .containsExactly(100_000L, 80_000L, 60_000L, 40_000L);
    }
}
