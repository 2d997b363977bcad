package dev.dowel.ratelimit;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;

/** A filter before a servlet, in a servlet container of any kind. */
@Tag("container")
abstract class FilterContract {
    static final RateLimitRule THREE = RateLimitRule.perIp(3, Duration.ofSeconds(90));

    final AtomicLong now = new AtomicLong();
    final AtomicInteger counted = new AtomicInteger();
    final List<String> outcomes = Collections.synchronizedList(new ArrayList<>());
    private final HttpClient http = HttpClient.newHttpClient();
    ServletServer server;

    abstract ServletServer server() throws Exception;

    @BeforeEach
    void prepare() throws Exception {
        server = server();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    RateLimitFilter filter(HeaderMode headers) {
        return options().headers(headers).build();
    }

    RateLimitFilter.Builder options() {
        return RateLimitFilter.builder()
                .defaultRule(THREE)
                .store(new LocalBucketStore(1_000, now::get))
                .nanos(now::get)
                .listener(new RateLimitListener() {
                    @Override
                    public void decided(RateLimitRule rule, Outcome outcome) {
                        outcomes.add(rule.name() + " " + outcome);
                        if (outcome == Outcome.ALLOWED) {
                            counted.incrementAndGet();
                        }
                    }

                    @Override
                    public void ignoredForwardingHeader() {
                        outcomes.add("ignored header");
                    }
                });
    }

    void start(Filter... filters) throws Exception {
        for (Filter filter : filters) {
            server.filter(filter);
        }
        server.servlet(this::handle).errorPage(404, "/ok").errorPage(500, "/ok").start();
    }

    /** Goes to /ok in the way that the path names. */
    void handle(HttpServletRequest request, HttpServletResponse response) throws ServletException, IOException {
        // An included request keeps the URI of the one that includes it.
        boolean included = request.getDispatcherType() == DispatcherType.INCLUDE;
        switch (included ? "/ok" : request.getRequestURI()) {
            case "/forward" -> request.getRequestDispatcher("/ok").forward(request, response);
            case "/include" -> request.getRequestDispatcher("/ok").include(request, response);
            case "/async" -> request.startAsync().dispatch("/ok");
            case "/async-twice" -> request.startAsync().dispatch("/async");
            case "/async-timeout" -> {
                AsyncContext async = request.startAsync();
                async.setTimeout(100);
            }
            case "/async-401" -> {
                AsyncContext async = request.startAsync();
                async.start(() -> {
                    response.setStatus(401);
                    async.complete();
                });
            }
            case "/error" -> throw new ServletException("on purpose");
            case "/send-error" -> response.sendError(404);
            case "/401" -> response.setStatus(401);
            default -> response.getOutputStream().print("ok");
        }
    }

    HttpResponse<String> get(String path) throws Exception {
        return get(path, "Test-Nothing", "x");
    }

    HttpResponse<String> get(String path, String header, String value) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + server.port() + path);
        return http.send(
                HttpRequest.newBuilder(uri)
                        .header(header, value)
                        .timeout(Duration.ofSeconds(60))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }
}
