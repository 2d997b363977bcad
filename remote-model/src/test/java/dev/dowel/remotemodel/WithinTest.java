package dev.dowel.remotemodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.dowel.remotemodel.RemoteCallException.Outcome;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import mockwebserver3.MockResponse;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A call may have another time than the call timeout of its service. */
class WithinTest {

    private final AtomicLong nanos = new AtomicLong();
    private TestServer server;

    @AfterEach
    void stop() {
        server.close();
    }

    /** Models of a service with a call timeout of 30 s, whose answers each take 20 s on the clock. */
    private RemoteModel<Book, Long> slow(Function<RecordedRequest, MockResponse> answers) throws IOException {
        server = new TestServer(request -> {
            nanos.addAndGet(Duration.ofSeconds(20).toNanos());
            return answers.apply(request);
        });
        return TestServer.books(server.service()
                .timing(new Timing(nanos::get, Instant::now, () -> 0, pause -> {}))
                .deadlineHeader("X-Time-Left"));
    }

    private List<String> told() {
        return server.requests.stream()
                .map(request -> String.valueOf(request.getHeaders().get("X-Time-Left")))
                .toList();
    }

    @Test
    void a_call_ends_when_its_own_time_is_over() throws IOException {
        server = TestServer.answering(new MockResponse.Builder()
                .onResponseStart(SocketEffect.Stall.INSTANCE)
                .build());
        RemoteModel<Book, Long> books = server.books().within(Duration.ofMillis(200));

        RemoteTimeoutException e = catchThrowableOfType(RemoteTimeoutException.class, () -> books.get(7L));
        assertThat(e.outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(e).hasMessageContaining("did not answer within the call timeout of PT0.2S");
    }

    @Test
    void its_own_time_covers_all_attempts() throws IOException {
        RemoteModel<Book, Long> books = slow(request -> TestServer.status(503));

        assertThatThrownBy(() -> books.within(Duration.ofSeconds(25)).get(7L)).isInstanceOf(RemoteModelException.class);
        assertThat(told()).containsExactly("25000", "5000");
    }

    @Test
    void its_own_time_may_be_longer_and_is_for_this_view_only() throws IOException {
        RemoteModel<Book, Long> books = slow(request -> TestServer.book(7));
        books.within(Duration.ofHours(1)).as(Credentials.bearer(() -> "t")).get(7L);
        books.fresh().within(Duration.ofMinutes(2)).patch(7L, Patch.of("price", 2));
        books.get(7L);

        assertThat(told()).containsExactly("3600000", "120000", "30000");
        assertThat(server.requests.get(0).getHeaders().get("Authorization")).isEqualTo("Bearer t");
    }

    @Test
    void the_deadline_of_the_request_ends_a_call_before_its_own_time() throws IOException {
        RemoteModel<Book, Long> books = slow(request -> TestServer.book(7)).within(Duration.ofHours(1));
        books.in(RequestContext.of(Map.of(), HeaderPolicy.none(), Duration.ofMinutes(1)))
                .get(7L);

        assertThat(Long.parseLong(told().get(0))).isBetween(1L, 60_000L);
        assertThatThrownBy(() -> books.in(RequestContext.of(Map.of(), HeaderPolicy.none(), Duration.ZERO))
                        .get(7L))
                .isInstanceOf(RemoteTimeoutException.class)
                .hasMessageContaining("deadline of the request");
        assertThat(server.requests).hasSize(1);
    }

    @Test
    void who_shares_the_call_of_one_with_less_time_does_not_share_its_timeout() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        server = new TestServer(request -> {
            boolean isFirst = asked.getCount() > 0;
            asked.countDown();
            return isFirst
                    ? new MockResponse.Builder()
                            .onResponseStart(SocketEffect.Stall.INSTANCE)
                            .build()
                    : TestServer.book(7);
        });
        RemoteModel<Book, Long> books = server.books().in(TestServer.context());
        ExecutorService threads = Executors.newCachedThreadPool();
        Future<Book> hasty =
                threads.submit(() -> books.within(Duration.ofSeconds(2)).get(7L));
        Fixtures.await(asked);
        Future<Book> patient = threads.submit(() -> books.get(7L));

        assertThat(patient.get(20, TimeUnit.SECONDS).id()).isEqualTo(7);
        assertThatThrownBy(() -> hasty.get(20, TimeUnit.SECONDS)).hasCauseInstanceOf(RemoteTimeoutException.class);
        assertThat(server.requests).hasSize(2);
        threads.shutdown();
    }

    @Test
    void a_time_that_is_none_is_refused() throws IOException {
        RemoteModel<Book, Long> books = slow(request -> TestServer.book(7));
        for (Duration time : List.of(
                Duration.ZERO, Duration.ofSeconds(-1), Duration.ofHours(1).plusNanos(1))) {
            assertThatThrownBy(() -> books.within(time))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("limit");
        }
        assertThatThrownBy(() -> books.within(null)).isInstanceOf(NullPointerException.class);
    }
}
