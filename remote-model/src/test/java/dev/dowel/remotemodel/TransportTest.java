package dev.dowel.remotemodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.dowel.remotemodel.RemoteCallException.Outcome;
import dev.failsafe.CircuitBreakerOpenException;
import dev.failsafe.Failsafe;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import mockwebserver3.MockResponse;
import mockwebserver3.SocketEffect;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TransportTest {

    private static final MockResponse DROPPED = new MockResponse.Builder()
            .onResponseStart(new SocketEffect.CloseSocket())
            .build();

    private TestServer server;

    @AfterEach
    void stop() {
        server.close();
    }

    private RemoteModel<Book, Long> books(UnaryOperator<Transport> around, MockResponse... answers) throws IOException {
        server = TestServer.answering(answers);
        return TestServer.books(server.service().transport(around));
    }

    private static UnaryOperator<Transport> resilience4j() {
        CircuitBreaker breaker = CircuitBreaker.of(
                "library",
                CircuitBreakerConfig.custom()
                        .slidingWindowSize(4)
                        .minimumNumberOfCalls(4)
                        .recordResult(answer -> ((Transport.Response) answer).status() >= 500)
                        .build());
        return next -> call -> breaker.executeCallable(() -> next.execute(call));
    }

    private static UnaryOperator<Transport> failsafe() {
        dev.failsafe.CircuitBreaker<Transport.Response> breaker =
                dev.failsafe.CircuitBreaker.<Transport.Response>builder()
                        .withFailureThreshold(4)
                        .withDelay(Duration.ofHours(1))
                        .handle(IOException.class)
                        .handleResultIf(answer -> answer != null && answer.status() >= 500)
                        .build();
        return next -> call -> Failsafe.with(breaker).get(() -> next.execute(call));
    }

    private void opens(RemoteModel<Book, Long> books, Class<? extends Exception> refusal) {
        assertThatThrownBy(() -> books.get(7L)).isInstanceOf(RemoteResponseException.Unavailable.class);
        assertThatThrownBy(() -> books.get(7L)).isInstanceOf(RemoteModelException.class);
        int sent = server.requests.size();

        RemoteCallException e =
                catchThrowableOfType(RemoteCallException.class, () -> books.create(Book.titled("x", 1)));
        assertThat(e).hasCauseInstanceOf(refusal).hasMessageContaining(refusal.getSimpleName());
        assertThat(e.outcome()).isEqualTo(Outcome.NOT_SENT);
        assertThat(server.requests).hasSize(sent);
    }

    @Test
    void a_circuit_breaker_of_resilience4j_opens_and_then_nothing_is_sent() throws IOException {
        opens(books(resilience4j(), TestServer.status(503)), CallNotPermittedException.class);
    }

    @Test
    void a_circuit_breaker_of_failsafe_opens_and_then_nothing_is_sent() throws IOException {
        opens(books(failsafe(), TestServer.status(503)), CircuitBreakerOpenException.class);
    }

    @Test
    void a_breaker_that_is_closed_changes_nothing() throws IOException {
        assertThat(books(resilience4j(), DROPPED, TestServer.book(7)).get(7L).id())
                .isEqualTo(7L);
        server.close();
        assertThat(books(failsafe(), DROPPED, TestServer.book(7)).get(7L).id()).isEqualTo(7L);
    }

    @Test
    void a_transport_sees_every_attempt_and_no_content() throws IOException {
        List<String> seen = new ArrayList<>();
        RemoteModel<Book, Long> books = books(
                next -> call -> {
                    Transport.Response response = next.execute(call);
                    seen.add(call.service()
                            + ' '
                            + call.entity()
                            + ' '
                            + call.operation()
                            + ' '
                            + call.attempt()
                            + ' '
                            + response.status()
                            + ' '
                            + response.retryAfterHeader().orElse("-"));
                    return response;
                },
                TestServer.status(503, "Retry-After", "1"),
                TestServer.book(7));
        books.get(7L);
        books.delete(7L);

        assertThat(seen)
                .containsExactly(
                        "library books GET 1 503 1", "library books GET 2 200 -", "library books DELETE 1 200 -");
    }

    @Test
    void the_transport_given_last_is_the_outermost() throws IOException {
        List<String> order = new ArrayList<>();
        server = TestServer.answering(TestServer.book(7));
        TestServer.books(server.service()
                        .transport(next -> call -> {
                            order.add("first");
                            return next.execute(call);
                        })
                        .transport(next -> call -> {
                            order.add("last");
                            return next.execute(call);
                        }))
                .get(7L);

        assertThat(order).containsExactly("last", "first");
    }

    @Test
    void giving_up_after_an_attempt_that_was_sent_leaves_the_outcome_unknown() throws IOException {
        RemoteModel<Book, Long> books = books(
                next -> call -> {
                    next.execute(call);
                    throw new IllegalArgumentException("no");
                },
                TestServer.book(7));

        RemoteCallException e =
                catchThrowableOfType(RemoteCallException.class, () -> books.create(Book.titled("x", 1)));
        assertThat(e.outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(server.requests).hasSize(1);
    }

    @Test
    void a_transport_that_was_interrupted_leaves_the_flag_set() throws IOException {
        RemoteModel<Book, Long> books = books(
                next -> call -> {
                    throw new InterruptedException();
                },
                TestServer.book(7));

        assertThatThrownBy(() -> books.get(7L)).isInstanceOf(RemoteCallException.class);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void a_body_is_not_sent_twice_by_a_transport_that_tries_again_itself() throws IOException {
        RemoteModel<Book, Long> books = books(
                next -> call -> {
                    next.execute(call);
                    return next.execute(call);
                },
                TestServer.book(7));

        assertThatThrownBy(() -> books.create(Book.titled("x", 1))).isInstanceOf(RemoteCallException.class);
        assertThat(server.requests).hasSize(1);
    }

    @Test
    void a_response_of_the_transports_own_is_refused() throws IOException {
        RemoteModel<Book, Long> books = books(next -> call -> null, TestServer.book(7));

        assertThatThrownBy(() -> books.get(7L))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("library");
    }

    @Test
    void what_a_transport_stopped_waiting_for_before_it_was_sent_is_never_sent() throws Exception {
        CountDownLatch reached = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        CompletableFuture<Object> late = new CompletableFuture<>();
        server = TestServer.answering(TestServer.book(7));
        OkHttpClient slow = new OkHttpClient.Builder()
                .addInterceptor(chain -> {
                    reached.countDown();
                    Fixtures.await(goOn);
                    return chain.proceed(chain.request());
                })
                .build();
        RemoteModel<Book, Long> books =
                TestServer.books(server.service().okHttpClient(slow).transport(next -> call -> {
                    new Thread(() -> {
                                try {
                                    late.complete(next.execute(call));
                                } catch (Exception e) {
                                    late.complete(e);
                                }
                            })
                            .start();
                    Fixtures.await(reached);
                    throw new TimeoutException();
                }));

        RemoteCallException e =
                catchThrowableOfType(RemoteCallException.class, () -> books.create(Book.titled("x", 1)));
        goOn.countDown();
        assertThat(e.outcome()).isEqualTo(Outcome.NOT_SENT);
        assertThat(late.get(20, TimeUnit.SECONDS)).isInstanceOf(IOException.class);
        assertThat(server.requests).isEmpty();
    }

    @Test
    void the_time_a_transport_waits_is_taken_from_the_call() throws IOException {
        AtomicLong nanos = new AtomicLong();
        server = TestServer.answering(TestServer.book(7));
        RemoteModel<Book, Long> books = TestServer.books(server.service()
                .timing(new Timing(nanos::get, java.time.Instant::now, () -> 0.5, pause -> {}))
                .timeouts(Duration.ofSeconds(30), Duration.ofSeconds(100))
                .deadlineHeader("X-Left")
                .transport(next -> call -> {
                    nanos.addAndGet(Duration.ofSeconds(60).toNanos());
                    return next.execute(call);
                }));
        books.get(7L);

        assertThat(server.requests.get(0).getHeaders().get("X-Left")).isEqualTo("40000");
    }

    @Test
    void the_retry_after_of_a_failure_stays_among_its_headers() throws IOException {
        RemoteModel<Book, Long> books = books(next -> next, TestServer.status(503, "Retry-After", "120"));
        RemoteResponseException e = catchThrowableOfType(RemoteResponseException.class, () -> books.get(7L));

        assertThat(e.headers().get("Retry-After")).containsExactly("120");
    }

    @Test
    void an_attempt_that_a_transport_makes_on_another_thread_is_on_behalf_of_the_one_who_called() throws Exception {
        server = TestServer.answering(TestServer.book(7));
        RequestContext alice = TestServer.context("traceparent", "00-alice", "Authorization", "Bearer alice");
        RequestContext bob = TestServer.context("traceparent", "00-bob", "Authorization", "Bearer bob");
        ExecutorService pool = Executors.newSingleThreadExecutor();
        try {
            RemoteModel<Book, Long> books = TestServer.books(server.service()
                    .credentials(Credentials.inbound())
                    .transport(next -> call ->
                            pool.submit(bob.wrap(() -> next.execute(call))).get(20, TimeUnit.SECONDS)));
            alice.wrap(() -> books.get(7L)).call();
        } finally {
            pool.shutdown();
        }

        assertThat(server.requests).singleElement().satisfies(request -> {
            assertThat(request.getHeaders().values("traceparent")).containsExactly("00-alice");
            assertThat(request.getHeaders().values("Authorization")).containsExactly("Bearer alice");
        });
    }
}
