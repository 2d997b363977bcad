package dev.dowel.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.Filter;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.Part;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.Enumeration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What happens to the body of a request, and to an answer that was begun before. */
@Tag("container")
abstract class RefusedRequestContract {
    private static final String FORM = "name=" + "x".repeat(5_000);

    private final AtomicInteger reads = new AtomicInteger();
    private final AtomicInteger served = new AtomicInteger();
    private final HttpClient http = HttpClient.newHttpClient();
    private ServletServer server;

    abstract ServletServer server() throws Exception;

    @BeforeEach
    void prepare() throws Exception {
        server = server();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void the_body_of_a_request_is_left_to_the_servlet_and_that_of_a_refused_one_to_nobody() throws Exception {
        start((request, response, chain) -> chain.doFilter(new Watched((HttpServletRequest) request), response));

        assertThat(post().body()).isEqualTo(FORM);
        assertThat(reads).as("by the servlet").hasValue(1);
        assertThat(post().statusCode()).isEqualTo(429);
        assertThat(reads).hasValue(1);
        assertThat(served).hasValue(1);
    }

    @Test
    void an_answer_that_is_under_way_already_stays_as_it_is_and_the_servlet_is_not_reached() throws Exception {
        start((request, response, chain) -> {
            response.getOutputStream().print("begun ");
            response.flushBuffer();
            chain.doFilter(request, response);
        });

        assertThat(post().body()).isEqualTo("begun " + FORM);
        HttpResponse<String> refused = post();
        assertThat(refused.statusCode()).isEqualTo(200);
        assertThat(refused.body()).isEqualTo("begun ");
        assertThat(refused.headers().firstValue("Retry-After")).isEmpty();
        assertThat(served).hasValue(1);
    }

    @Test
    void an_answer_that_was_begun_with_a_writer_gives_way_to_the_refusal() throws Exception {
        start((request, response, chain) -> {
            response.getWriter().print("begun ");
            chain.doFilter(request, response);
        });

        assertThat(post().statusCode()).isEqualTo(500);
        HttpResponse<String> refused = post();
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(refused.body()).startsWith("{\"type\":").endsWith("\"violated-policies\":[\"default\"]}");
        assertThat(refused.headers().firstValue("Content-Type").orElseThrow()).startsWith("application/problem+json");
    }

    private void start(Filter before) throws Exception {
        server.filter(before)
                .filter(RateLimitFilter.builder()
                        .defaultRule(RateLimitRule.perIp(1, Duration.ofHours(1)))
                        .build())
                .servlet(this::echo)
                .start();
    }

    private void echo(HttpServletRequest request, HttpServletResponse response) throws IOException {
        served.incrementAndGet();
        String body = new String(request.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        response.getOutputStream().print(body);
    }

    private HttpResponse<String> post() throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + server.port() + "/echo");
        return http.send(
                HttpRequest.newBuilder(uri)
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(HttpRequest.BodyPublishers.ofString(FORM))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    /** Counts everything that may read the body. */
    private final class Watched extends HttpServletRequestWrapper {
        Watched(HttpServletRequest request) {
            super(request);
        }

        @Override
        public ServletInputStream getInputStream() throws IOException {
            reads.incrementAndGet();
            return super.getInputStream();
        }

        @Override
        public BufferedReader getReader() throws IOException {
            reads.incrementAndGet();
            return super.getReader();
        }

        @Override
        public String getParameter(String name) {
            reads.incrementAndGet();
            return super.getParameter(name);
        }

        @Override
        public Map<String, String[]> getParameterMap() {
            reads.incrementAndGet();
            return super.getParameterMap();
        }

        @Override
        public Enumeration<String> getParameterNames() {
            reads.incrementAndGet();
            return super.getParameterNames();
        }

        @Override
        public String[] getParameterValues(String name) {
            reads.incrementAndGet();
            return super.getParameterValues(name);
        }

        @Override
        public Collection<Part> getParts() throws IOException, ServletException {
            reads.incrementAndGet();
            return super.getParts();
        }

        @Override
        public Part getPart(String name) throws IOException, ServletException {
            reads.incrementAndGet();
            return super.getPart(name);
        }
    }
}
