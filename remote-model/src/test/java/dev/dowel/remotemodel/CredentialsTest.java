package dev.dowel.remotemodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import mockwebserver3.MockResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CredentialsTest {

    private static final HeaderPolicy SESSION = HeaderPolicy.tracing().cookies("sessionid");

    private TestServer server;

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    private RemoteService.Builder service(MockResponse... answers) throws IOException {
        server = TestServer.answering(answers);
        return server.service();
    }

    private List<String> sent(String header) {
        return server.requests.stream()
                .map(request -> String.valueOf(request.getHeaders().get(header)))
                .toList();
    }

    private static RequestContext session(String... more) {
        List<String> cookies = new ArrayList<>(List.of("sessionid=canary; JSESSIONID=j; theme=dark"));
        cookies.addAll(List.of(more));
        return RequestContext.of(Map.of("Cookie", cookies, "Authorization", List.of("Bearer caller")), SESSION);
    }

    @Test
    void a_rejected_token_is_renewed_once_and_the_call_sent_again_even_a_post() throws IOException {
        List<String> rejected = new ArrayList<>();
        RemoteModel<Book, Long> books = TestServer.books(service(TestServer.status(401), TestServer.book(5))
                .credentials(Credentials.bearer(() -> "old", token -> {
                    rejected.add(token);
                    return "new";
                })));

        assertThat(books.create(Book.titled("x", 1)).id()).isEqualTo(5L);
        assertThat(sent("Authorization")).containsExactly("Bearer old", "Bearer new");
        assertThat(rejected).containsExactly("old");
    }

    @Test
    void a_second_rejection_stands() throws IOException {
        RemoteModel<Book, Long> books = TestServer.books(
                service(TestServer.status(401)).credentials(Credentials.bearer(() -> "old", token -> token + "er")));

        assertThatThrownBy(() -> books.get(7L)).isInstanceOf(RemoteResponseException.Unauthorized.class);
        assertThat(sent("Authorization")).containsExactly("Bearer old", "Bearer older");
    }

    @Test
    void a_refresh_that_gives_the_same_token_is_not_tried() throws IOException {
        RemoteModel<Book, Long> books = TestServer.books(
                service(TestServer.status(401)).credentials(Credentials.bearer(() -> "old", token -> token)));

        assertThatThrownBy(() -> books.get(7L)).isInstanceOf(RemoteResponseException.Unauthorized.class);
        assertThat(server.requests).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "canary\nX: 1"})
    void a_renewed_token_that_is_none_is_refused_without_repeating_it(String token) throws IOException {
        RemoteModel<Book, Long> books = TestServer.books(
                service(TestServer.status(401)).credentials(Credentials.bearer(() -> "old", rejected -> token)));

        assertThatThrownBy(() -> books.get(7L))
                .isInstanceOf(IllegalStateException.class)
                .message()
                .doesNotContain("canary");
    }

    @Test
    void the_inbound_credentials_are_not_renewed() throws IOException {
        RemoteModel<Book, Long> books =
                TestServer.books(service(TestServer.status(401)).credentials(Credentials.inbound()));

        assertThatThrownBy(() -> books.in(session()).get(7L)).isInstanceOf(RemoteResponseException.Unauthorized.class);
        assertThat(sent("Authorization")).containsExactly("Bearer caller");
    }

    @Test
    void without_a_request_inbound_or_none_sends_none() throws IOException {
        RemoteModel<Book, Long> books =
                TestServer.books(service(TestServer.book(7)).credentials(Credentials.inboundOrNone()));
        books.get(7L);
        books.in(session()).get(7L);

        assertThat(sent("Authorization")).containsExactly("null", "Bearer caller");
    }

    @Test
    void a_token_is_exchanged_once_for_a_request() throws IOException {
        List<String> exchanged = new ArrayList<>();
        RemoteModel<Book, Long> books =
                TestServer.books(service(TestServer.book(7)).credentials(Credentials.exchange(token -> {
                    exchanged.add(token);
                    return "for-library";
                })));
        RequestContext request = session();
        books.in(request).get(7L);
        books.in(request).get(8L);

        assertThat(sent("Authorization")).containsExactly("Bearer for-library", "Bearer for-library");
        assertThat(exchanged).containsExactly("caller");
        books.in(session()).get(7L);
        assertThat(exchanged).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Basic dXNlcjpwYXNz"})
    void a_caller_without_a_token_has_none_to_exchange(String authorization) throws IOException {
        RemoteModel<Book, Long> books =
                TestServer.books(service(TestServer.book(7)).credentials(Credentials.exchange(token -> "for-library")));
        books.in(RequestContext.of(Map.of("Authorization", List.of(authorization)), SESSION))
                .get(7L);

        assertThat(sent("Authorization")).containsExactly("null");
    }

    @Test
    void an_exchange_needs_a_request() throws IOException {
        RemoteModel<Book, Long> books =
                TestServer.books(service(TestServer.book(7)).credentials(Credentials.exchange(token -> token)));

        assertThatThrownBy(() -> books.get(7L))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("request context");
    }

    @Test
    void only_the_named_cookies_are_passed_on() throws IOException {
        RemoteModel<Book, Long> books =
                TestServer.books(service(TestServer.book(7)).propagate(SESSION));
        books.in(session()).get(7L);

        assertThat(sent("Cookie")).containsExactly("sessionid=canary");
    }

    @Test
    void the_service_must_want_a_cookie_that_the_filter_keeps() throws IOException {
        RemoteModel<Book, Long> books = TestServer.books(service(TestServer.book(7)));
        books.in(session()).get(7L);

        assertThat(sent("Cookie")).containsExactly("null");
    }

    @Test
    void a_session_never_travels_with_a_token_of_somebody_else() throws IOException {
        RemoteService.Builder options =
                service(TestServer.book(7)).propagate(SESSION).credentials(Credentials.inbound());
        RemoteModel<Book, Long> books = TestServer.books(options);
        books.in(session()).get(7L);
        books.in(session()).as(Credentials.bearer(() -> "own")).get(7L);
        books.in(session()).as(Credentials.none()).get(7L);
        TestServer.books(options.credentials(Credentials.bearer(() -> "own")))
                .in(session())
                .get(7L);
        TestServer.books(options.credentials(Credentials.exchange(token -> "own")))
                .in(session())
                .get(7L);

        assertThat(sent("Cookie")).containsExactly("sessionid=canary", "null", "null", "null", "null");
        assertThat(sent("Authorization"))
                .containsExactly("Bearer caller", "Bearer own", "null", "Bearer own", "Bearer own");
    }

    @Test
    void what_is_read_with_another_session_is_another_entry() throws IOException {
        RemoteModel<Book, Long> books =
                TestServer.books(service(TestServer.book(7)).propagate(SESSION));
        RequestContext request = session();
        books.in(request).get(7L);
        books.in(request).get(7L);
        books.in(request).as(Credentials.none()).get(7L);

        assertThat(server.requests).hasSize(2);
    }

    @Test
    void cookies_that_cannot_be_sent_on_are_dropped_and_counted() throws IOException {
        RequestContext request = session("sessionid=caf\u00e9", "sessionid=a\u0000b", "SESSIONID=upper");
        TestServer.books(service(TestServer.book(7)).propagate(SESSION))
                .in(request)
                .get(7L);

        assertThat(sent("Cookie")).containsExactly("sessionid=canary");
        assertThat(request.droppedHeaders()).isEqualTo(2);
        assertThat(request.headers()).doesNotContainKey("Cookie");
        assertThat(request.toString()).doesNotContain("canary");
    }

    @Test
    void a_cookie_name_is_a_token() {
        assertThatThrownBy(() -> HeaderPolicy.none().cookies("a=b")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> HeaderPolicy.none().cookies("a;b")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> HeaderPolicy.none().cookies("")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_token_that_somebody_else_has_renewed_meanwhile_is_taken_and_not_renewed_again() throws IOException {
        List<String> tokens = new ArrayList<>(List.of("old", "new"));
        RemoteModel<Book, Long> books = TestServer.books(service(TestServer.status(401), TestServer.book(5))
                .credentials(Credentials.bearer(() -> tokens.remove(0), token -> {
                    throw new AssertionError("renewed");
                })));
        books.get(5L);

        assertThat(sent("Authorization")).containsExactly("Bearer old", "Bearer new");
    }

    @Test
    void what_a_renewed_token_brought_is_not_kept_for_the_rejected_one() throws IOException {
        server = new TestServer(
                request -> "Bearer new".equals(request.getHeaders().get("Authorization"))
                        ? TestServer.book(7)
                        : TestServer.status(401));
        AtomicReference<String> token = new AtomicReference<>("old");
        RemoteModel<Book, Long> books = TestServer.books(
                        server.service().credentials(Credentials.bearer(token::get, rejected -> {
                            token.set("new");
                            return "new";
                        })))
                .in(session());
        assertThat(books.get(7L).id()).isEqualTo(7);

        assertThatThrownBy(() -> books.as(Credentials.bearer(() -> "old")).get(7L))
                .isInstanceOf(RemoteResponseException.Unauthorized.class);
        books.get(7L);
        books.get(7L);
        assertThat(sent("Authorization")).containsExactly("Bearer old", "Bearer new", "Bearer old", "Bearer new");
    }

    @Test
    void what_is_sent_on_is_put_together_once_for_each_request_and_credential() throws IOException {
        RemoteService service =
                service().credentials(Credentials.inbound()).propagate(SESSION).build();
        View view = View.PLAIN.in(session());

        assertThat(Caller.of(service, view).identity())
                .isSameAs(Caller.of(service, view).identity());
        assertThat(Caller.of(service, view.as(Credentials.none())).identity())
                .isNotEqualTo(Caller.of(service, view).identity());
        service.close();
    }

    @Test
    void what_was_sent_before_a_rejection_is_not_forgotten() throws IOException {
        MockResponse dropped = new MockResponse.Builder()
                .onResponseStart(new mockwebserver3.SocketEffect.CloseSocket())
                .build();
        RemoteModel<Book, Long> books =
                TestServer.books(service(dropped, TestServer.status(401), TestServer.status(404))
                        .credentials(Credentials.bearer(() -> "old", token -> "new")));

        assertThat(books.delete(5L)).isTrue();
    }

    @Test
    void a_request_remembers_only_so_many_tokens_and_all_of_its_plans() {
        RequestContext request = session();
        Object plan = request.pinned("plan", Object::new);
        for (int i = 0; i < 10_000; i++) {
            request.remembered("token " + i, Object::new);
        }

        assertThat(request.remembered("token 0", Object::new)).isSameAs(request.remembered("token 0", Object::new));
        assertThat(request.remembered("token 9999", Object::new))
                .isNotSameAs(request.remembered("token 9999", Object::new));
        assertThat(request.pinned("plan", Object::new)).isSameAs(plan);
    }

    @Test
    void of_eight_threads_with_one_rejected_token_one_renews_it() throws Exception {
        AtomicReference<String> token = new AtomicReference<>("old");
        AtomicInteger renewals = new AtomicInteger();
        CountDownLatch rejected = new CountDownLatch(8);
        server = new TestServer(request -> {
            if ("Bearer new".equals(request.getHeaders().get("Authorization"))) {
                return TestServer.book(7);
            }
            rejected.countDown();
            Fixtures.await(rejected);
            return TestServer.status(401);
        });
        RemoteModel<Book, Long> books =
                TestServer.books(server.service().credentials(Credentials.bearer(token::get, old -> {
                    token.set("new");
                    return renewals.incrementAndGet() == 1 ? "new" : "another";
                })));
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Callable<Book>> reads = Collections.nCopies(8, () -> books.get(7L));
            for (Future<Book> each : threads.invokeAll(reads, 20, TimeUnit.SECONDS)) {
                assertThat(each.get().id()).isEqualTo(7);
            }
        } finally {
            threads.shutdown();
        }

        assertThat(renewals).hasValue(1);
        assertThat(sent("Authorization")).hasSize(16).containsOnly("Bearer old", "Bearer new");
    }
}
