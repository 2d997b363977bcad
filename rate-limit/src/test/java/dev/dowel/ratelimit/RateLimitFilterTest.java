package dev.dowel.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.catalina.Context;
import org.apache.catalina.Wrapper;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.descriptor.web.ErrorPage;
import org.apache.tomcat.util.descriptor.web.FilterDef;
import org.apache.tomcat.util.descriptor.web.FilterMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("container")
class RateLimitFilterTest {
    private static final RateLimitRule THREE = RateLimitRule.perIp(3, Duration.ofSeconds(90));

    private final AtomicLong now = new AtomicLong();
    private final AtomicInteger counted = new AtomicInteger();
    private final HttpClient http = HttpClient.newHttpClient();
    private final Tomcat tomcat = new Tomcat();

    @TempDir
    File folder;

    @AfterEach
    void stop() throws Exception {
        tomcat.stop();
        tomcat.destroy();
    }

    @Test
    void what_is_too_much_gets_429_with_every_header() throws Exception {
        start(filter(HeaderMode.ON_LIMIT));
        for (int i = 0; i < 3; i++) {
            HttpResponse<String> passed = get("/ok");
            assertThat(passed.statusCode()).isEqualTo(200);
            assertThat(passed.headers().firstValue("RateLimit")).isEmpty();
        }
        HttpResponse<String> refused = get("/ok");

        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(refused.headers().map())
                .containsEntry("retry-after", List.of("30"))
                .containsEntry("ratelimit-policy", List.of("\"default\";q=3;w=90"))
                .containsEntry("ratelimit", List.of("\"default\";r=0;t=30"))
                .containsEntry("cache-control", List.of("no-store"))
                .containsEntry("content-type", List.of("application/problem+json"))
                .containsKey("content-length");
        assertThat(refused.body())
                .isEqualTo("{\"type\":\"https://iana.org/assignments/http-problem-types#quota-exceeded\","
                        + "\"title\":\"Too many requests\",\"status\":429,\"violated-policies\":[\"default\"]}");
    }

    @Test
    void retry_after_is_never_early_and_never_0() throws Exception {
        start(filter(HeaderMode.ON_LIMIT));
        for (int i = 0; i < 3; i++) {
            get("/ok");
        }
        now.addAndGet(Duration.ofMillis(29_999).toNanos());
        assertThat(get("/ok").headers().firstValue("Retry-After")).contains("1");
        now.addAndGet(Duration.ofMillis(1).toNanos());
        assertThat(get("/ok").statusCode()).isEqualTo(200);
        now.addAndGet(Duration.ofMillis(1).toNanos());
        assertThat(get("/ok").headers().firstValue("Retry-After")).contains("30");
    }

    @Test
    void headers_stand_on_every_answer_if_wanted() throws Exception {
        start(filter(HeaderMode.ALWAYS));
        assertThat(get("/ok").headers().firstValue("RateLimit")).contains("\"default\";r=2;t=30");
    }

    @Test
    void headers_stand_on_no_answer_if_wanted_but_retry_after_does() throws Exception {
        start(filter(HeaderMode.NONE));
        for (int i = 0; i < 3; i++) {
            assertThat(get("/ok").headers().firstValue("RateLimit")).isEmpty();
        }
        HttpResponse<String> refused = get("/ok");
        assertThat(refused.headers().firstValue("RateLimit-Policy")).isEmpty();
        assertThat(refused.headers().firstValue("Retry-After")).isPresent();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/ok",
                "/forward",
                "/include",
                "/async",
                "/async-twice",
                "/async-timeout",
                "/error",
                "/send-error"
            })
    void a_request_is_counted_once_however_often_it_is_dispatched(String path) throws Exception {
        start(filter(HeaderMode.ON_LIMIT));
        get(path);
        assertThat(counted).as(path).hasValue(1);
    }

    @Test
    void two_filters_count_each_once() throws Exception {
        start(filter(HeaderMode.ON_LIMIT), filter(HeaderMode.ON_LIMIT));
        get("/forward");
        assertThat(counted).hasValue(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-Forwarded-For",
                "x-forwarded-for",
                "Forwarded",
                "X-Real-IP",
                "X-Client-IP",
                "True-Client-IP",
                "CF-Connecting-IP",
                "X-Cluster-Client-IP"
            })
    void a_forwarding_header_changes_nothing(String header) throws Exception {
        start(filter(HeaderMode.ON_LIMIT));
        for (int i = 0; i < 3; i++) {
            assertThat(get("/ok", header, "10.0.0." + i).statusCode()).isEqualTo(200);
        }
        assertThat(get("/ok", header, "10.9.9.9").statusCode()).isEqualTo(429);
    }

    @Test
    void the_path_is_no_way_round_the_limit() throws Exception {
        start(filter(HeaderMode.ON_LIMIT));
        for (String path : List.of("/ok", "/ok/", "/OK")) {
            get(path);
        }
        assertThat(get("/ok;x=1?y=2").statusCode()).isEqualTo(429);
    }

    @Test
    void two_spellings_of_an_address_and_two_addresses_of_a_64_share_a_bucket_but_not_their_neighbour()
            throws Exception {
        start(new From(), filter(HeaderMode.ON_LIMIT));
        assertThat(from("2001:db8::1")).isEqualTo(200);
        assertThat(from("2001:0DB8:0:0::0001")).isEqualTo(200);
        assertThat(from("2001:db8::ffff:1")).isEqualTo(200);
        assertThat(from("2001:db8::2%eth0")).isEqualTo(429);
        assertThat(from("2001:db8:0:1::1")).isEqualTo(200);
    }

    @Test
    void requests_without_a_usable_address_share_one_bucket_and_do_not_fail() throws Exception {
        start(new From(), filter(HeaderMode.ON_LIMIT));
        assertThat(from("")).isEqualTo(200);
        assertThat(from("null")).isEqualTo(200);
        assertThat(from("unix:")).isEqualTo(200);
        assertThat(from("not-an-address")).isEqualTo(429);
    }

    @Test
    void the_environment_gives_the_rule() throws Exception {
        start(RateLimitFilter.fromEnvironment(Map.of("RATE_LIMIT", "1/PT1H")));
        assertThat(get("/ok").statusCode()).isEqualTo(200);
        assertThat(get("/ok").statusCode()).isEqualTo(429);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "100", "100/", "/PT1M", "a/PT1M", "100/1 minute", "0/PT1M", "-1/PT1M", "1/PT0S", "1/P366D"})
    void a_wrong_variable_is_named_with_the_problem(String value) {
        assertThatThrownBy(() -> RateLimitFilter.fromEnvironment(Map.of("RATE_LIMIT", value)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("RATE_LIMIT is ");
    }

    @Test
    void a_missing_variable_or_rule_is_named() {
        assertThatThrownBy(() -> RateLimitFilter.fromEnvironment(Map.of()))
                .hasMessageContaining("RATE_LIMIT is not set");
        assertThatThrownBy(() -> RateLimitFilter.builder().build()).hasMessageContaining("defaultRule is required");
    }

    private RateLimitFilter filter(HeaderMode headers) {
        return RateLimitFilter.builder()
                .defaultRule(THREE)
                .headers(headers)
                .store(new LocalBucketStore(1_000, now::get))
                .nanos(now::get)
                .listener(new RateLimitListener() {
                    @Override
                    public void onAllowed(RateLimitRule rule) {
                        counted.incrementAndGet();
                    }
                })
                .build();
    }

    /** Pretends that the connection came from the address in a header of the test's own. */
    private static final class From implements Filter {
        @Override
        public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
                throws IOException, ServletException {
            String from = ((HttpServletRequest) request).getHeader("Test-From");
            chain.doFilter(
                    new HttpServletRequestWrapper((HttpServletRequest) request) {
                        @Override
                        public String getRemoteAddr() {
                            return "null".equals(from) ? null : from;
                        }
                    },
                    response);
        }
    }

    private int from(String address) throws Exception {
        return get("/ok", "Test-From", address).statusCode();
    }

    private void start(Filter... filters) throws Exception {
        tomcat.setBaseDir(folder.getPath());
        tomcat.setPort(0);
        Context context = tomcat.addContext("", null);
        for (int i = 0; i < filters.length; i++) {
            FilterDef definition = new FilterDef();
            definition.setFilterName("filter-" + i);
            definition.setFilter(filters[i]);
            definition.setAsyncSupported("true");
            context.addFilterDef(definition);
            FilterMap map = new FilterMap();
            map.setFilterName("filter-" + i);
            map.addURLPatternDecoded("/*");
            for (DispatcherType type : DispatcherType.values()) {
                map.setDispatcher(type.name());
            }
            context.addFilterMap(map);
        }
        Wrapper servlet = Tomcat.addServlet(context, "servlet", new Dispatching());
        servlet.setAsyncSupported(true);
        context.addServletMappingDecoded("/*", "servlet");
        ErrorPage page = new ErrorPage();
        page.setErrorCode(500);
        page.setLocation("/ok");
        context.addErrorPage(page);
        ErrorPage missing = new ErrorPage();
        missing.setErrorCode(404);
        missing.setLocation("/ok");
        context.addErrorPage(missing);
        tomcat.start();
    }

    /** Goes to /ok in the way that the path names. */
    private static final class Dispatching extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response)
                throws ServletException, IOException {
            // An included request keeps the URI of the one that includes it.
            boolean included = request.getDispatcherType() == DispatcherType.INCLUDE;
            switch (included ? "/ok" : request.getRequestURI()) {
                case "/forward" -> request.getRequestDispatcher("/ok").forward(request, response);
                case "/include" -> request.getRequestDispatcher("/ok").include(request, response);
                case "/async" -> request.startAsync().dispatch("/ok");
                case "/async-twice" -> request.startAsync().dispatch("/async");
                case "/async-timeout" -> {
                    AsyncContext async = request.startAsync();
                    async.setTimeout(1);
                }
                case "/error" -> throw new ServletException("on purpose");
                case "/send-error" -> response.sendError(404);
                default -> response.getOutputStream().print("ok");
            }
        }
    }

    private HttpResponse<String> get(String path) throws Exception {
        return get(path, "Test-Nothing", "x");
    }

    private HttpResponse<String> get(String path, String header, String value) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + tomcat.getConnector().getLocalPort() + path);
        return http.send(
                HttpRequest.newBuilder(uri).header(header, value).build(), HttpResponse.BodyHandlers.ofString());
    }
}
