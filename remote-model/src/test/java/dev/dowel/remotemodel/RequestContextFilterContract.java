package dev.dowel.remotemodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the filter does in every servlet container. */
@Tag("container")
abstract class RequestContextFilterContract {

    private static final String[] ALICE = {"traceparent: 00-alice", "Authorization: Bearer alice", "Cookie: s=1"};

    /** The contexts that the handler met, in order. */
    private final List<RequestContext> seen = new CopyOnWriteArrayList<>();

    /** What was bound to the container's threads in front of the filter, before and after each of its runs. */
    private final List<Optional<RequestContext>> outside = new CopyOnWriteArrayList<>();

    /** What the handler's request says about itself when it is long over. */
    private final List<String> lateReads = new CopyOnWriteArrayList<>();

    private final Map<String, Future<?>> background = new ConcurrentHashMap<>();
    private final CountDownLatch requestIsOver = new CountDownLatch(1);
    private final CyclicBarrier bothAreHere = new CyclicBarrier(2);
    private final ExecutorService worker = Executors.newCachedThreadPool();
    private ServletServer server;
    private TestServer library;
    private RemoteModel<Book, Long> books;

    abstract ServletServer server() throws Exception;

    @BeforeEach
    void prepare() throws Exception {
        library = new TestServer(request -> TestServer.book(7));
        books = TestServer.books(library.service().credentials(Credentials.inbound()));
        server = server().filter(new Outside(), DispatcherType.REQUEST, DispatcherType.ASYNC, DispatcherType.ERROR)
                .servlet(this::handle);
    }

    @AfterEach
    void stop_and_see_that_no_thread_of_the_container_was_left_bound() throws Exception {
        server.close();
        worker.shutdown();
        library.close();
        assertThat(outside).isNotEmpty().allMatch(Optional::isEmpty);
    }

    private void start(Filter... filters) throws Exception {
        for (Filter filter : filters) {
            server.filter(filter);
        }
        server.errorPage(404, "/page").errorPage(500, "/page").start();
    }

    /** A cache that is closed keeps nothing; one that is open keeps this. */
    private static boolean caches(RequestContext context) {
        context.cache().store(new CacheKey(new EntityScope("s", "e"), "u", true, "1", ""), Reply.ABSENT, 0);
        return context.cache().size() > 0;
    }

    private void expectOneContextThatCloses(int meetings) {
        assertThat(seen).hasSize(meetings).containsOnly(seen.get(0));
        assertThat(seen.get(0).headers()).containsEntry("traceparent", List.of("00-alice"));
        await().until(() -> !caches(seen.get(0)));
    }

    @Test
    void a_request_has_one_context_that_is_closed_at_its_end() throws Exception {
        start(new RequestContextFilter());

        assertThat(server.get("/sync", ALICE).body()).isEqualTo("Book 7");
        expectOneContextThatCloses(1);
        assertThat(library.requests).hasSize(1);
        assertThat(library.requests.get(0).getHeaders().get("traceparent")).isEqualTo("00-alice");
        assertThat(library.requests.get(0).getHeaders().get("Authorization")).isEqualTo("Bearer alice");
        assertThat(library.requests.get(0).getHeaders().get("Cookie")).isNull();
        server.get("/sync", ALICE);
        assertThat(seen).hasSize(2).doesNotHaveDuplicates();
    }

    @Test
    void an_asynchronous_request_that_another_thread_completes_is_cached_until_then() throws Exception {
        start(new RequestContextFilter());

        assertThat(server.get("/complete", ALICE).body()).isEqualTo("Book 7");
        expectOneContextThatCloses(2);
        assertThat(library.requests).hasSize(1);
    }

    @Test
    void an_asynchronous_request_keeps_its_context_over_dispatches_until_it_completes() throws Exception {
        start(new RequestContextFilter());

        assertThat(server.get("/dispatch", ALICE).body()).isEqualTo("Book 7");
        expectOneContextThatCloses(2);
        assertThat(library.requests).hasSize(1);
    }

    @Test
    void starting_asynchronously_again_keeps_the_context_until_the_last_completion() throws Exception {
        start(new RequestContextFilter());

        assertThat(server.get("/twice", ALICE).body()).isEqualTo("Book 7");
        expectOneContextThatCloses(3);
        assertThat(library.requests).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/timeout", "/async-fail", "/dispatch-fail"})
    void an_asynchronous_request_that_ends_badly_closes_its_context(String path) throws Exception {
        start(new RequestContextFilter());

        assertThat(server.get(path, ALICE).status()).isEqualTo(500);
        assertThat(seen).isNotEmpty().containsOnly(seen.get(0));
        await().until(() -> !caches(seen.get(0)));
    }

    @Test
    void an_asynchronous_request_that_its_own_thread_completes_is_cached_until_the_chain_ends() throws Exception {
        start(new RequestContextFilter());

        assertThat(server.get("/complete-here", ALICE).body()).isEqualTo("Book 7");
        expectOneContextThatCloses(2);
        assertThat(library.requests).hasSize(1);
    }

    @Test
    void an_include_stays_in_the_context() throws Exception {
        start(new RequestContextFilter());

        assertThat(server.get("/include", ALICE).body()).isEqualTo("Book 7, and Book 7");
        expectOneContextThatCloses(2);
        assertThat(library.requests).hasSize(1);
    }

    @Test
    void a_forward_stays_in_the_context() throws Exception {
        start(new RequestContextFilter());

        assertThat(server.get("/forward", ALICE).body()).isEqualTo("Book 7");
        expectOneContextThatCloses(2);
        assertThat(library.requests).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/fail", "/send-error"})
    void an_error_page_has_the_headers_of_the_context_and_nothing_is_cached_any_more(String path) throws Exception {
        start(new RequestContextFilter());

        assertThat(server.get(path, ALICE).body()).isEqualTo("page Book 7");
        expectOneContextThatCloses(2);
        assertThat(library.requests)
                .as("one call of the handler, and each of the page's two gets")
                .hasSize(3)
                .extracting(request -> request.getHeaders().get("Authorization"))
                .containsOnly("Bearer alice");
    }

    @Test
    void two_filters_in_one_chain_have_each_their_own_context() throws Exception {
        List<RequestContext> between = new CopyOnWriteArrayList<>();
        Filter middle = (request, response, chain) -> {
            between.add(RequestContext.current().orElseThrow());
            chain.doFilter(request, response);
            between.add(RequestContext.current().orElseThrow());
        };
        start(
                new RequestContextFilter(),
                middle,
                new RequestContextFilter(HeaderPolicy.none().allow("X-Tenant")));

        assertThat(server.get("/dispatch", "traceparent: 00-alice", "X-Tenant: t", "Authorization: Bearer alice")
                        .body())
                .isEqualTo("Book 7");
        assertThat(between).hasSize(4).containsOnly(between.get(0));
        assertThat(between.get(0).headers()).containsOnlyKeys("traceparent");
        assertThat(seen).hasSize(2).containsOnly(seen.get(0));
        assertThat(seen.get(0).headers()).containsOnlyKeys("X-Tenant");
        await().until(() -> !caches(seen.get(0)) && !caches(between.get(0)));
    }

    @Test
    void two_requests_at_once_never_see_the_context_of_the_other() throws Exception {
        start(new RequestContextFilter());

        for (int round = 0; round < 20; round++) {
            String first = "a" + round;
            String second = "b" + round;
            Future<ServletServer.Answer> other =
                    worker.submit(() -> server.get("/meet", "traceparent: " + first, "Authorization: Bearer " + first));
            String body = server.get("/meet", "traceparent: " + second, "Authorization: Bearer " + second)
                    .body();

            assertThat(body).isEqualTo(second + " " + second);
            assertThat(other.get(20, TimeUnit.SECONDS).body()).isEqualTo(first + " " + first);
        }
    }

    @Test
    void work_that_outlives_its_request_keeps_its_headers_while_the_connection_serves_another_user() throws Exception {
        start(new RequestContextFilter());
        try (Socket connection = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            ask(connection, "/outlive", "alice");
            await().until(() -> !caches(seen.get(0)));
            // The handler of this one lets the work of the first go on, and waits until it has made its calls.
            assertThat(ask(connection, "/overtake", "bob")).isEqualTo("done");
        }

        assertThat(lateReads).as("the container has given the request to bob").containsExactly("bob");
        assertThat(library.requests).hasSize(2).allSatisfy(request -> {
            assertThat(request.getHeaders().get("Authorization")).isEqualTo("Bearer alice");
            assertThat(request.getHeaders().get("traceparent")).isEqualTo("alice");
        });
        assertThat(seen.get(0).cache().size()).isZero();
        assertThat(seen.get(1).headers()).containsEntry("traceparent", List.of("bob"));
    }

    @Test
    void a_virtual_thread_is_bound_like_any_other_where_java_has_them() throws Exception {
        boolean has = Runtime.version().feature() >= 21;
        ExecutorService threads = has
                ? (ExecutorService) Executors.class
                        .getMethod("newVirtualThreadPerTaskExecutor")
                        .invoke(null)
                : Executors.newCachedThreadPool();
        if (has) {
            server.threads(threads);
        }
        start(new RequestContextFilter());

        assertThat(server.get("/virtual", ALICE).body()).isEqualTo(String.valueOf(has));
        expectOneContextThatCloses(1);
        threads.shutdown();
    }

    /** Asks on a connection that stays open; every answer has a length. */
    private static String ask(Socket connection, String path, String user) throws IOException {
        connection.setSoTimeout(20_000);
        String request = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\ntraceparent: " + user
                + "\r\nAuthorization: Bearer " + user + "\r\n\r\n";
        connection.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
        InputStream in = connection.getInputStream();
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            head.write(in.read());
        }
        return new String(in.readNBytes("done".length()), StandardCharsets.ISO_8859_1);
    }

    private void handle(HttpServletRequest request, HttpServletResponse response) throws IOException, ServletException {
        RequestContext context = RequestContext.current().orElseThrow();
        seen.add(context);
        boolean again = request.getDispatcherType() == DispatcherType.ASYNC;
        switch (request.getPathInfo()) {
            case "/complete" -> {
                AsyncContext async = request.startAsync();
                books.get(7L);
                worker.execute(context.wrap((Runnable) () -> {
                    try {
                        seen.add(RequestContext.current().orElseThrow());
                        write(response);
                    } catch (IOException e) {
                        throw new IllegalStateException(e);
                    } finally {
                        async.complete();
                    }
                }));
            }
            case "/complete-here" -> {
                AsyncContext async = request.startAsync();
                write(response);
                async.complete();
                books.get(7L);
                seen.add(RequestContext.current().orElseThrow());
            }
            case "/dispatch" -> dispatchUnless(again, request, response);
            case "/twice" -> dispatchUnless(seen.size() == 3, request, response);
            case "/timeout" -> request.startAsync().setTimeout(100);
            case "/async-fail" -> {
                request.startAsync();
                throw new IllegalStateException("expected by the test");
            }
            case "/dispatch-fail" -> {
                if (again) {
                    throw new IllegalStateException("expected by the test");
                }
                request.startAsync().dispatch();
            }
            case "/fail" -> {
                books.get(7L);
                throw new IllegalStateException("expected by the test");
            }
            case "/send-error" -> {
                books.get(7L);
                response.sendError(404);
            }
            case "/page" -> {
                response.getWriter().write("page ");
                write(response);
            }
            case "/forward" -> {
                books.get(7L);
                request.getRequestDispatcher("/sync").forward(request, response);
            }
            case "/include" -> {
                write(response);
                // An included request keeps the path of the one that includes it.
                if (request.getDispatcherType() != DispatcherType.INCLUDE) {
                    response.getWriter().write(", and ");
                    request.getRequestDispatcher("/sync").include(request, response);
                }
            }
            case "/meet" -> {
                meet();
                books.get(7L);
                response.getWriter()
                        .write(context.headers().get("traceparent").get(0) + " "
                                + context.authorization().substring("Bearer ".length()));
                meet();
            }
            case "/outlive" -> {
                background.put("work", worker.submit(context.wrap(() -> {
                    requestIsOver.await();
                    lateReads.add(request.getHeader("traceparent"));
                    books.get(7L);
                    return books.get(7L);
                })));
                done(response);
            }
            case "/overtake" -> {
                requestIsOver.countDown();
                finish(background.get("work"));
                done(response);
            }
            case "/virtual" -> response.getWriter().write(String.valueOf(isVirtual()));
            default -> write(response);
        }
    }

    private void dispatchUnless(boolean last, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        if (last) {
            write(response);
        } else {
            AsyncContext async = request.startAsync();
            books.get(7L);
            worker.execute(async::dispatch);
        }
    }

    private void write(HttpServletResponse response) throws IOException {
        books.get(7L);
        response.getWriter().write(books.get(7L).title());
    }

    private static void done(HttpServletResponse response) throws IOException {
        response.setContentLength("done".length());
        response.getWriter().write("done");
    }

    private void meet() throws ServletException {
        try {
            bothAreHere.await(20, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new ServletException(e);
        }
    }

    private static void finish(Future<?> work) throws ServletException {
        try {
            work.get(20, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new ServletException(e);
        }
    }

    private static boolean isVirtual() {
        try {
            return (boolean) Thread.class.getMethod("isVirtual").invoke(Thread.currentThread());
        } catch (ReflectiveOperationException tooOld) {
            return false;
        }
    }

    /** Stands in front of the filter and looks at the thread. */
    private final class Outside implements Filter {
        @Override
        public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
                throws IOException, ServletException {
            outside.add(RequestContext.current());
            try {
                chain.doFilter(request, response);
            } finally {
                outside.add(RequestContext.current());
            }
        }
    }
}
