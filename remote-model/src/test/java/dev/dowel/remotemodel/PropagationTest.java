package dev.dowel.remotemodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import mockwebserver3.MockResponse;
import mockwebserver3.SocketEffect;
import okhttp3.Cache;
import okhttp3.Cookie;
import okhttp3.CookieJar;
import okhttp3.Headers;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

class PropagationTest {

    private static final MockResponse DROPPED = new MockResponse.Builder()
            .onResponseStart(new SocketEffect.CloseSocket())
            .build();

    private static final RequestContext CALLER = TestServer.context(
            "traceparent", "00-1", "X-Tenant", "t", "Authorization", "Bearer canary", "Cookie", "s=canary");

    private TestServer server;

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    private Headers sent(RemoteService.Builder options, RequestContext context) {
        TestServer.books(options).in(context).find(7L);
        return server.requests.get(server.requests.size() - 1).getHeaders();
    }

    private RemoteService.Builder options() throws IOException {
        server = TestServer.answering(TestServer.book(7));
        return server.service();
    }

    @Test
    void the_trace_is_passed_on_and_nothing_else_unless_asked_for() throws IOException {
        Headers headers = sent(options(), CALLER);

        assertThat(headers.get("traceparent")).isEqualTo("00-1");
        assertThat(headers.get("X-Tenant")).isNull();
        assertThat(headers.get("Authorization")).isNull();
        assertThat(headers.get("Cookie")).isNull();
    }

    @Test
    void the_callers_credentials_are_passed_on_when_asked_for() throws IOException {
        Headers headers = sent(
                options()
                        .credentials(Credentials.inbound())
                        .propagate(HeaderPolicy.none().allow("x-tenant")),
                CALLER);

        assertThat(headers.values("Authorization")).containsExactly("Bearer canary");
        assertThat(headers.get("X-Tenant")).isEqualTo("t");
        assertThat(headers.get("traceparent")).isNull();
        assertThat(headers.get("Cookie")).isNull();
    }

    @Test
    void other_credentials_take_the_place_of_the_callers() throws IOException {
        RemoteModel<Book, Long> books = TestServer.books(options().credentials(Credentials.inbound()));
        books.in(CALLER).as(Credentials.bearer(() -> "own.token=")).find(7L);
        books.in(CALLER).as(Credentials.none()).find(7L);

        assertThat(server.requests.get(0).getHeaders().values("Authorization")).containsExactly("Bearer own.token=");
        assertThat(server.requests.get(1).getHeaders().get("Authorization")).isNull();
    }

    @Test
    void the_context_is_the_one_of_the_calling_thread() throws IOException {
        RemoteModel<Book, Long> books = TestServer.books(options());
        CALLER.wrap((Runnable) () -> books.find(7L)).run();
        books.find(7L);

        assertThat(server.requests.get(0).getHeaders().get("traceparent")).isEqualTo("00-1");
        assertThat(server.requests.get(1).getHeaders().get("traceparent")).isNull();
    }

    @Test
    void inbound_credentials_need_a_context() throws IOException {
        RemoteModel<Book, Long> books = TestServer.books(options().credentials(Credentials.inbound()));

        assertThatThrownBy(() -> books.find(7L))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("RequestContextFilter");
        assertThat(books.in(TestServer.context()).find(7L)).isPresent();
        assertThat(server.requests).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "canary\r\nX-Evil: 1", "canary é", "can ary"})
    void a_token_that_is_none_is_refused_without_repeating_it(String token) throws IOException {
        RemoteModel<Book, Long> books = TestServer.books(options().credentials(Credentials.bearer(() -> token)));

        assertThatThrownBy(() -> books.find(7L))
                .isInstanceOf(IllegalStateException.class)
                .message()
                .doesNotContain("canary");
        assertThat(server.requests).isEmpty();
    }

    @Test
    void cookies_are_neither_kept_nor_sent() throws IOException {
        server = new TestServer(request ->
                TestServer.book(7).newBuilder().addHeader("Set-Cookie", "a=b").build());
        RemoteModel<Book, Long> books = server.books();
        books.find(7L);
        books.find(7L);

        assertThat(server.requests.get(1).getHeaders().get("Cookie")).isNull();
    }

    @Test
    void an_interceptor_cannot_carry_the_credentials_to_another_origin_or_send_twice() throws IOException {
        TestServer foreign = TestServer.answering(TestServer.book(7));
        OkHttpClient turning = new OkHttpClient.Builder()
                .addInterceptor(chain -> {
                    Request request = chain.request();
                    return chain.proceed(
                            request.newBuilder().url(foreign.base() + "/x").build());
                })
                .build();
        OkHttpClient repeating = new OkHttpClient.Builder()
                .addInterceptor(chain -> {
                    chain.proceed(chain.request()).close();
                    return chain.proceed(chain.request());
                })
                .build();
        RemoteService.Builder options = options().credentials(Credentials.bearer(() -> "canary"));

        assertThatThrownBy(() -> TestServer.books(options.okHttpClient(turning)).get(7L))
                .isInstanceOf(RemoteCallException.class);
        assertThat(foreign.requests).isEmpty();
        assertThatThrownBy(
                        () -> TestServer.books(options.okHttpClient(repeating)).create(Book.titled("x", 1)))
                .isInstanceOf(RemoteCallException.class);
        assertThat(server.requests).hasSize(1);
        foreign.close();
    }

    @Test
    void a_client_with_a_cache_is_refused() throws IOException {
        OkHttpClient client = new OkHttpClient.Builder()
                .cache(new Cache(java.nio.file.Path.of("target", "cache").toFile(), 1_000))
                .build();
        RemoteService.Builder options = options();

        assertThatThrownBy(() -> options.okHttpClient(client)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void more_than_ten_single_gets_are_noticed_once() throws IOException {
        ListAppender<ILoggingEvent> logs = capture();
        server = new TestServer(request -> TestServer.book(1));
        RemoteModel<Book, Long> books = server.books().in(TestServer.context());
        for (long id = 1; id <= 10; id++) {
            books.get(id);
        }
        assertThat(logs.list).isEmpty();
        for (long id = 11; id <= 15; id++) {
            books.get(id);
        }

        assertThat(logs.list)
                .singleElement()
                .satisfies(event -> assertThat(event.getFormattedMessage()).contains("getAll", "books", "library"));
    }

    /** What a call leaves behind that somebody may print. */
    private static void run(List<Object> texts, Supplier<?> call) {
        try {
            texts.add(String.valueOf(call.get()));
        } catch (RemoteModelException | IllegalStateException e) {
            texts.add(trace(e));
            if (e instanceof RemoteResponseException answered) {
                texts.add(answered.problem());
            }
        }
    }

    private static String trace(Throwable e) {
        StringWriter trace = new StringWriter();
        e.printStackTrace(new PrintWriter(trace));
        return trace.toString();
    }

    private static List<Supplier<?>> calls(RemoteModel<Book, Long> books) {
        Query query = Query.where("title", "canary").and("nick__in", List.of("canary"));
        return List.of(
                () -> books.filter(query).next().isPresent(),
                () -> books.get(7L).id(),
                () -> books.create(Book.titled("canary", 1)).id(),
                () -> books.update(7L, Book.titled("canary", 1)).id(),
                () -> books.patch(7L, Patch.of("title", "canary")).id(),
                () -> books.delete(7L),
                () -> books.getAll(List.of(7L)).keySet(),
                () -> books.tryGetAll(List.of(7L, 8L)).failed().values().stream()
                        .map(PropagationTest::trace)
                        .toList(),
                () -> books.findTagged(7L),
                () -> books.ifMatch("\"canary\"").delete(7L));
    }

    @Test
    void no_message_log_or_text_holds_a_secret() throws IOException {
        ListAppender<ILoggingEvent> logs = capture();
        List<MockResponse> answers = new ArrayList<>();
        for (int status : new int[] {200, 302, 400, 401, 404, 412, 429, 500, 503}) {
            for (String type : new String[] {"text/html", "application/json", "application/problem+json"}) {
                answers.add(TestServer.status(
                                status,
                                "Content-Type",
                                type,
                                "Location",
                                "/x?q=canary",
                                "Retry-After",
                                "canary",
                                "ETag",
                                "\"canary\"",
                                "Deprecation",
                                "canary",
                                "Sunset",
                                "canary")
                        .newBuilder()
                        .body("{\"type\":\"/canary\",\"title\":\"No\",\"detail\":\"canary\",\"next\":\"/x?canary\","
                                + "\"results\":[{\"price\":\"canary\"}]}")
                        .build());
            }
        }
        // A whole entity, which findTagged can return.
        answers.add(TestServer.status(200, "Content-Type", "application/json", "ETag", "\"canary\"")
                .newBuilder()
                .body("{\"id\":7,\"title\":\"canary\",\"nick\":\"canary\"}")
                .build());
        answers.add(DROPPED);
        List<Object> texts = new ArrayList<>(List.of(
                CALLER,
                Credentials.bearer(() -> "canary"),
                Query.where("title", "canary").and("nick__in", List.of("canary")),
                Patch.of("title", "canary"),
                new Problem("/canary", "No", "canary"),
                new Tagged<>(Book.titled("canary", 1), "\"canary\"")));
        for (MockResponse answer : answers) {
            try (TestServer each = TestServer.answering(answer)) {
                RemoteService service =
                        each.service().credentials(Credentials.inbound()).build();
                RemoteModel<Book, Long> books = service.model("books", Book.class, IdCodec.LONG)
                        .id(Book::id)
                        .build()
                        .in(CALLER);
                texts.add(service);
                texts.add(books);
                calls(books).forEach(call -> run(texts, call));
            }
        }

        assertThat(texts)
                .hasSizeGreaterThan(250)
                .anyMatch(text -> text.toString().contains("Problem[No]"))
                .anyMatch(text -> text.toString().contains("Tagged[Book]"))
                .noneMatch(text -> text.toString().contains("canary"));
        assertNoCanary(logs);
    }

    @Test
    void no_failure_without_an_answer_holds_a_secret() throws IOException {
        ListAppender<ILoggingEvent> logs = capture();
        MockResponse stalled = new MockResponse.Builder()
                .onResponseStart(SocketEffect.Stall.INSTANCE)
                .build();
        List<Object> texts = new ArrayList<>();
        try (TestServer silent = TestServer.answering(stalled);
                TestServer refusing = TestServer.answering(TestServer.status(401))) {
            List<RemoteService.Builder> options = List.of(
                    silent.service()
                            .timeouts(Duration.ofMillis(50), Duration.ofMillis(50))
                            .credentials(Credentials.inbound()),
                    silent.service()
                            .credentials(Credentials.inbound())
                            .listener(new CallListener() {
                                @Override
                                public void callEnded(Call call) {
                                    throw new IllegalStateException("no metrics");
                                }
                            })
                            .transport(next -> call -> {
                                texts.add(call);
                                throw new TimeoutException("the circuit is open");
                            }),
                    refusing.service().credentials(Credentials.bearer(() -> "canary", token -> "canary\n")),
                    refusing.service().credentials(Credentials.bearer(() -> "canary", token -> {
                        throw new IllegalStateException("the token server is away");
                    })));
            for (RemoteService.Builder each : options) {
                int before = texts.size();
                calls(TestServer.books(each).in(CALLER)).forEach(call -> run(texts, call));
                assertThat(texts.size() - before).isGreaterThanOrEqualTo(10);
            }
        }

        assertThat(texts)
                .anyMatch(text -> text.toString().contains("did not answer within"))
                .anyMatch(text -> text.toString().contains("by a transport"))
                .anyMatch(text -> text.toString().contains("check the token supplier"))
                .anyMatch(text -> text.toString().contains("the token server is away"))
                .noneMatch(text -> text.toString().contains("canary"));
        assertThat(logs.list).anyMatch(event -> event.getThrowableProxy() != null);
        assertNoCanary(logs);
    }

    private static void assertNoCanary(ListAppender<ILoggingEvent> logs) {
        assertThat(logs.list).noneMatch(event -> event.getFormattedMessage().contains("canary"));
        assertThat(logs.list)
                .filteredOn(event -> event.getThrowableProxy() != null)
                .extracting(event -> ThrowableProxyUtil.asString(event.getThrowableProxy()))
                .noneMatch(trace -> trace.contains("canary"));
    }

    @Test
    void by_default_five_headers_are_passed_on_and_no_other() throws IOException {
        Map<String, List<String>> inbound = new LinkedHashMap<>();
        for (String name : List.of(
                "traceparent",
                "tracestate",
                "X-Request-ID",
                "X-Correlation-ID",
                "Accept-Language",
                "baggage",
                "X-Api-Key",
                "X-Tenant",
                "Cookie",
                "Authorization")) {
            inbound.put(name, List.of("sessionid=" + name));
        }
        HeaderPolicy wide =
                HeaderPolicy.tracing().allow("baggage", "X-Api-Key", "X-Tenant").cookies("sessionid");
        RequestContext context = RequestContext.of(inbound, wide);
        assertThat(context.headers()).hasSize(8);
        Headers headers = sent(options(), context);
        Set<String> names = new TreeSet<>(headers.names());
        names.removeAll(Set.of("Host", "Connection", "Accept", "Accept-Encoding", "User-Agent"));

        assertThat(names)
                .usingElementComparator(String.CASE_INSENSITIVE_ORDER)
                .containsExactlyInAnyOrder(
                        "traceparent", "tracestate", "X-Request-ID", "X-Correlation-ID", "Accept-Language");
        assertThat(headers.values("X-Request-ID")).containsExactly("sessionid=X-Request-ID");
    }

    /** A client that does all that must not be done on behalf of others, and notes what it is asked. */
    private static OkHttpClient eager(List<String> asked) {
        return new OkHttpClient.Builder()
                .cookieJar(new CookieJar() {
                    @Override
                    public void saveFromResponse(HttpUrl url, List<Cookie> cookies) {
                        asked.add("save cookies");
                    }

                    @Override
                    public List<Cookie> loadForRequest(HttpUrl url) {
                        asked.add("load cookies");
                        return List.of(new Cookie.Builder()
                                .domain(url.host())
                                .name("a")
                                .value("b")
                                .build());
                    }
                })
                .followRedirects(true)
                .followSslRedirects(true)
                .retryOnConnectionFailure(true)
                .authenticator((route, response) -> {
                    asked.add("authenticate");
                    return response.request()
                            .newBuilder()
                            .header("Authorization", "Basic x")
                            .build();
                })
                .build();
    }

    @Test
    void a_client_that_is_given_keeps_and_sends_no_cookies() throws IOException {
        List<String> asked = new CopyOnWriteArrayList<>();
        server = TestServer.answering(
                TestServer.book(7).newBuilder().addHeader("Set-Cookie", "a=b").build());
        RemoteModel<Book, Long> books = TestServer.books(server.service().okHttpClient(eager(asked)));
        books.get(7L);
        books.get(7L);

        assertThat(server.requests)
                .hasSize(2)
                .allMatch(request -> request.getHeaders().get("Cookie") == null);
        assertThat(asked).isEmpty();
    }

    @Test
    void a_client_that_is_given_follows_no_redirect_to_another_server() throws IOException {
        try (TestServer foreign = TestServer.answering(TestServer.book(7))) {
            server = TestServer.answering(TestServer.status(302, "Location", foreign.base() + "/api/v1/books/7"));
            RemoteModel<Book, Long> books =
                    TestServer.books(server.service().okHttpClient(eager(new CopyOnWriteArrayList<>())));

            assertThatThrownBy(() -> books.get(7L)).isInstanceOf(RemoteResponseException.UnexpectedRedirect.class);
            assertThat(server.requests).hasSize(1);
            assertThat(foreign.requests).isEmpty();
        }
    }

    @Test
    void a_client_that_is_given_answers_no_challenge() throws IOException {
        List<String> asked = new CopyOnWriteArrayList<>();
        server = TestServer.answering(TestServer.status(401, "WWW-Authenticate", "Basic realm=x"));
        RemoteModel<Book, Long> books = TestServer.books(server.service().okHttpClient(eager(asked)));

        assertThatThrownBy(() -> books.get(7L)).isInstanceOf(RemoteResponseException.Unauthorized.class);
        assertThat(server.requests).hasSize(1);
        assertThat(asked).isEmpty();
    }

    @Test
    void a_client_that_is_given_sends_nothing_twice() throws IOException {
        server = TestServer.answering(TestServer.book(7), DROPPED, TestServer.book(7), DROPPED);
        RemoteModel<Book, Long> books = TestServer.books(server.service()
                .okHttpClient(eager(new CopyOnWriteArrayList<>()))
                .retry(RetryPolicy.none()));
        // On a connection that is kept, where OkHttp would try again.
        books.get(7L);
        assertThatThrownBy(() -> books.create(Book.titled("x", 1))).isInstanceOf(RemoteCallException.class);
        books.get(7L);
        assertThatThrownBy(() -> books.delete(7L)).isInstanceOf(RemoteCallException.class);

        assertThat(server.requests)
                .extracting(request -> request.getMethod())
                .containsExactly("GET", "POST", "GET", "DELETE");
    }

    private static ListAppender<ILoggingEvent> capture() {
        ListAppender<ILoggingEvent> logs = new ListAppender<>();
        Logger logger = (Logger) LoggerFactory.getLogger("dev.dowel");
        logger.setLevel(Level.TRACE);
        logs.start();
        logger.addAppender(logs);
        return logs;
    }

    @Test
    void no_inbound_header_says_where_a_call_goes() throws IOException {
        try (TestServer foreign = TestServer.answering(TestServer.book(7))) {
            String host = foreign.base().getAuthority();
            RemoteService.Builder options = options();
            Headers headers = sent(
                    options,
                    TestServer.context(
                            "Host",
                            host,
                            "Forwarded",
                            "host=" + host + ";proto=https",
                            "X-Forwarded-Host",
                            host,
                            "X-Forwarded-Proto",
                            "https",
                            "X-Forwarded-Prefix",
                            "/other",
                            "X-Original-URL",
                            "/other"));

            assertThat(foreign.requests).isEmpty();
            assertThat(server.requests.get(0).getTarget()).isEqualTo("/api/v1/books/7");
            assertThat(headers.values("Host")).containsExactly(server.base().getAuthority());
            assertThat(headers.names())
                    .noneMatch(name -> name.toLowerCase(java.util.Locale.ROOT).contains("forwarded"));
        }
    }

    @Test
    void a_context_that_is_given_wins_over_the_one_of_the_thread() throws IOException {
        RemoteModel<Book, Long> books = TestServer.books(options().credentials(Credentials.inbound()));
        RequestContext bound = TestServer.context("traceparent", "00-bound", "Authorization", "Bearer bound");
        bound.wrap((Runnable) () -> {
                    books.in(CALLER).find(7L);
                    books.find(7L);
                })
                .run();

        assertThat(server.requests)
                .extracting(request -> request.getHeaders().get("Authorization"))
                .containsExactly("Bearer canary", "Bearer bound");
        assertThat(server.requests)
                .extracting(request -> request.getHeaders().get("traceparent"))
                .containsExactly("00-1", "00-bound");
    }

    @Test
    void how_many_single_gets_are_many_can_be_set_and_the_warning_says_it() throws IOException {
        ListAppender<ILoggingEvent> logs = capture();
        server = new TestServer(request -> TestServer.book(1));
        RemoteModel<Book, Long> books =
                TestServer.books(server.service().warnAfterGets(3)).in(TestServer.context());
        for (long id = 1; id <= 3; id++) {
            books.get(id);
        }
        assertThat(logs.list).isEmpty();
        books.get(4L);
        books.get(5L);

        assertThat(logs.list).singleElement().satisfies(event -> {
            assertThat(event.getLevel()).isEqualTo(Level.WARN);
            assertThat(event.getFormattedMessage()).contains("more than 3 single gets of books from library", "getAll");
        });
    }
}
