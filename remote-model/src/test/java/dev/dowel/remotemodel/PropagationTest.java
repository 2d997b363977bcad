package dev.dowel.remotemodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import mockwebserver3.MockResponse;
import okhttp3.Cache;
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

    @Test
    void no_message_log_or_text_holds_a_secret() throws IOException {
        ListAppender<ILoggingEvent> logs = capture();
        List<MockResponse> answers = new ArrayList<>();
        for (int status : new int[] {200, 302, 400, 401, 404, 429, 500, 503}) {
            for (String type : new String[] {"text/html", "application/json", "application/problem+json"}) {
                answers.add(TestServer.status(
                                status, "Content-Type", type, "Location", "/x?q=canary", "Retry-After", "canary")
                        .newBuilder()
                        .body("{\"detail\":\"canary\",\"next\":\"/x?canary\",\"results\":[{\"price\":\"canary\"}]}")
                        .build());
            }
        }
        List<Object> texts = new ArrayList<>(List.of(CALLER, Credentials.bearer(() -> "canary")));
        Query query = Query.where("title", "canary").and("nick__in", List.of("canary"));
        Patch patch = Patch.of("title", "canary");
        texts.add(query);
        texts.add(patch);
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
                List<Runnable> calls = List.of(
                        () -> books.filter(query).next(),
                        () -> books.get(7L),
                        () -> books.create(Book.titled("canary", 1)),
                        () -> books.patch(7L, patch),
                        () -> books.delete(7L),
                        () -> books.getAll(List.of(7L)));
                for (Runnable call : calls) {
                    try {
                        call.run();
                    } catch (RemoteModelException e) {
                        StringWriter trace = new StringWriter();
                        e.printStackTrace(new PrintWriter(trace));
                        texts.add(trace);
                    }
                }
            }
        }

        assertThat(texts)
                .hasSizeGreaterThan(100)
                .noneMatch(text -> text.toString().contains("canary"));
        assertThat(logs.list).noneMatch(event -> event.getFormattedMessage().contains("canary"));
    }

    private static ListAppender<ILoggingEvent> capture() {
        ListAppender<ILoggingEvent> logs = new ListAppender<>();
        Logger logger = (Logger) LoggerFactory.getLogger("dev.dowel");
        logger.setLevel(Level.TRACE);
        logs.start();
        logger.addAppender(logs);
        return logs;
    }
}
