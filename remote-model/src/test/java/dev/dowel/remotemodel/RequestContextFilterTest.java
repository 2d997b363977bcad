package dev.dowel.remotemodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.catalina.Context;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.descriptor.web.FilterDef;
import org.apache.tomcat.util.descriptor.web.FilterMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RequestContextFilterTest {

    @TempDir
    Path folder;

    private final List<RequestContext> seen = new CopyOnWriteArrayList<>();
    private final ExecutorService worker = Executors.newSingleThreadExecutor();
    private Tomcat tomcat;
    private TestServer server;
    private RemoteModel<Book, Long> books;

    @BeforeEach
    void start() throws Exception {
        server = new TestServer(request -> TestServer.book(7));
        books = TestServer.books(server.service().credentials(Credentials.inbound()));
        tomcat = new Tomcat();
        tomcat.setBaseDir(folder.toString());
        tomcat.setPort(0);
        tomcat.setSilent(true);
        Context app = tomcat.addContext("", folder.toString());
        FilterDef filter = new FilterDef();
        filter.setFilterName("context");
        filter.setFilter(new RequestContextFilter());
        filter.setAsyncSupported("true");
        app.addFilterDef(filter);
        FilterMap mapping = new FilterMap();
        mapping.setFilterName("context");
        mapping.addURLPattern("/*");
        for (DispatcherType type :
                List.of(DispatcherType.REQUEST, DispatcherType.ASYNC, DispatcherType.ERROR, DispatcherType.FORWARD)) {
            mapping.setDispatcher(type.name());
        }
        app.addFilterMap(mapping);
        Tomcat.addServlet(app, "handler", new Handler()).setAsyncSupported(true);
        app.addServletMappingDecoded("/*", "handler");
        tomcat.start();
    }

    @AfterEach
    void stop() throws Exception {
        tomcat.stop();
        tomcat.destroy();
        worker.shutdown();
        server.close();
    }

    private HttpResponse<String> call(String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://localhost:" + tomcat.getConnector().getLocalPort() + path))
                .header("traceparent", "00-1")
                .header("Authorization", "Bearer alice")
                .header("Cookie", "s=1")
                .build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }

    private boolean cachesNothing(RequestContext context) {
        context.cache().store(new CacheKey(new EntityScope("s", "e"), "u", true, "1", ""), Reply.ABSENT, 0);
        return context.cache().size() == 0;
    }

    @Test
    void a_request_has_one_context_that_is_closed_at_its_end() throws Exception {
        assertThat(call("/sync").body()).isEqualTo("Book 7");

        assertThat(server.requests).hasSize(1);
        assertThat(server.requests.get(0).getHeaders().get("traceparent")).isEqualTo("00-1");
        assertThat(server.requests.get(0).getHeaders().get("Authorization")).isEqualTo("Bearer alice");
        assertThat(server.requests.get(0).getHeaders().get("Cookie")).isNull();
        await().until(() -> cachesNothing(seen.get(0)));
        call("/sync");
        assertThat(seen.get(2)).isNotSameAs(seen.get(0));
    }

    @Test
    void an_asynchronous_request_keeps_its_context_over_dispatches_until_it_completes() throws Exception {
        assertThat(call("/async").body()).isEqualTo("Book 7");

        assertThat(seen).hasSize(3).containsOnly(seen.get(0));
        assertThat(server.requests).hasSize(1);
        await().until(() -> cachesNothing(seen.get(0)));
    }

    @Test
    void an_asynchronous_request_that_times_out_closes_its_context() throws Exception {
        call("/timeout");

        await().until(() -> cachesNothing(seen.get(0)));
    }

    @Test
    void a_failing_request_closes_its_context_and_leaves_nothing_on_the_thread() throws Exception {
        assertThat(call("/fail").statusCode()).isEqualTo(500);

        await().until(() -> cachesNothing(seen.get(0)));
    }

    @Test
    void a_forward_stays_in_the_context() throws Exception {
        assertThat(call("/forward").body()).isEqualTo("Book 7");

        assertThat(seen).hasSize(3).containsOnly(seen.get(0));
        assertThat(server.requests).hasSize(1);
    }

    private final class Handler extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            seen.add(RequestContext.current().orElseThrow());
            switch (request.getPathInfo()) {
                case "/async" -> {
                    if (request.getDispatcherType() == DispatcherType.ASYNC) {
                        write(response);
                    } else {
                        AsyncContext async = request.startAsync();
                        books.get(7L);
                        RequestContext context = RequestContext.current().orElseThrow();
                        worker.execute(context.wrap((Runnable) async::dispatch));
                    }
                }
                case "/timeout" -> request.startAsync().setTimeout(100);
                case "/fail" -> throw new IllegalStateException("expected by the test");
                case "/forward" -> {
                    try {
                        request.getRequestDispatcher("/sync").forward(request, response);
                    } catch (jakarta.servlet.ServletException e) {
                        throw new IOException(e);
                    }
                }
                default -> write(response);
            }
        }

        private void write(HttpServletResponse response) throws IOException {
            seen.add(RequestContext.current().orElseThrow());
            books.get(7L);
            response.getWriter().write(books.get(7L).title());
        }
    }
}
