package dev.dowel.remotemodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import okhttp3.Headers;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

class PropagationTest {

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
