package dev.dowel.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.Servlet;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the filter does in every servlet container. */
@Tag("container")
abstract class RateLimitFilterContract {
    private static final RateLimitRule THREE = RateLimitRule.perIp(3, Duration.ofSeconds(90));

    private final AtomicLong now = new AtomicLong();
    private final AtomicInteger counted = new AtomicInteger();
    private final List<String> outcomes = Collections.synchronizedList(new ArrayList<>());
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
    void a_call_that_passes_carries_what_is_left_if_wanted_and_no_policy() throws Exception {
        start(filter(HeaderMode.ALWAYS));
        assertThat(get("/ok").headers().firstValue("RateLimit-Policy")).isEmpty();
        now.addAndGet(Duration.ofSeconds(90).toNanos());
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

    static List<String> dispatches() {
        return List.of(
                "/ok", "/forward", "/include", "/async", "/async-twice", "/async-timeout", "/error", "/send-error");
    }

    @ParameterizedTest
    @MethodSource("dispatches")
    void a_request_is_counted_once_however_often_it_is_dispatched(String path) throws Exception {
        start(filter(HeaderMode.ON_LIMIT));
        get(path);
        assertThat(counted).as(path).hasValue(1);
    }

    @ParameterizedTest
    @MethodSource("dispatches")
    void two_filters_with_different_rules_count_a_request_once_each(String path) throws Exception {
        RateLimitRule inner = RateLimitRule.builder("inner", new Quota(1, Duration.ofHours(1)))
                .build();
        start(filter(HeaderMode.ON_LIMIT), options().defaultRule(inner).build());
        get(path);
        assertThat(outcomes).as(path).containsExactly("default ALLOWED", "inner ALLOWED");

        assertThat(get(path).body()).contains("\"violated-policies\":[\"inner\"]");
        get(path);
        assertThat(get(path).body()).contains("\"violated-policies\":[\"default\"]");
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
        start(Environment.builder(Map.of("RATE_LIMIT", "1/PT1H")).build());
        assertThat(get("/ok").statusCode()).isEqualTo(200);
        assertThat(get("/ok").statusCode()).isEqualTo(429);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "100", "100/", "/PT1M", "a/PT1M", "100/1 minute", "0/PT1M", "-1/PT1M", "1/PT0S", "1/P366D"})
    void a_wrong_variable_is_named_with_the_problem(String value) {
        assertThatThrownBy(() -> Environment.builder(Map.of("RATE_LIMIT", value)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("RATE_LIMIT is ");
    }

    @Test
    void a_missing_variable_or_rule_is_named() {
        assertThatThrownBy(() -> Environment.builder(Map.of())).hasMessageContaining("RATE_LIMIT is not set");
        assertThatThrownBy(() -> RateLimitFilter.builder().build()).hasMessageContaining("defaultRule is required");
    }

    @Test
    void several_rules_on_one_request_count_all_or_nothing() throws Exception {
        RateLimitRule wide = RateLimitRule.builder("wide", new Quota(4, Duration.ofMinutes(1)))
                .build();
        RateLimitRule narrow = RateLimitRule.builder("narrow", new Quota(1, Duration.ofHours(1)))
                .build();
        start(options()
                .rule(wide, Match.path("/*"))
                .rule(narrow, Match.path("/ok"), Match.method("GET"))
                .build());

        assertThat(get("/ok").statusCode()).isEqualTo(200);
        for (int i = 0; i < 20; i++) {
            assertThat(get("/ok").body()).contains("\"violated-policies\":[\"narrow\"]");
        }
        for (int i = 0; i < 3; i++) {
            assertThat(get("/other").statusCode()).isEqualTo(200);
        }
        assertThat(get("/other").body()).contains("\"wide\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/login", "/LOGIN", "/login/", "/login;a=b", "//login", "/login;x/;y", "/%6cogin"})
    void a_respelled_path_gets_the_rule_of_the_path(String path) throws Exception {
        start(options()
                .rule(
                        RateLimitRule.builder("login", new Quota(1, Duration.ofHours(1)))
                                .build(),
                        Match.path("/login"))
                .build());

        assertThat(raw("/login")).isEqualTo(200);
        // 400: Jetty itself takes no target that begins with two slashes.
        assertThat(raw(path)).isIn(429, 400);
        assertThat(raw("/log")).isEqualTo(200);
    }

    @Test
    void a_request_that_no_rule_is_for_gets_the_default_one() throws Exception {
        start(options()
                .rule(RateLimitRule.perIp(3, Duration.ofSeconds(90)), Match.servlet("nobody"))
                .build());
        get("/ok");
        assertThat(outcomes).containsExactly("default ALLOWED");
    }

    @Test
    void rules_by_method_and_by_path_beginning_are_for_their_requests_only() throws Exception {
        start(options()
                .rule(
                        RateLimitRule.builder("posts", new Quota(1, Duration.ofHours(1)))
                                .build(),
                        Match.path("/api/*"),
                        Match.method("post"))
                .rule(
                        RateLimitRule.builder("api", new Quota(9, Duration.ofHours(1)))
                                .build(),
                        Match.path("/api/*"))
                .build());
        get("/api");
        get("/api/a/b");
        get("/apis");
        assertThat(outcomes).containsExactly("api ALLOWED", "api ALLOWED", "default ALLOWED");
    }

    @Test
    void rules_change_while_the_filter_is_in_use() throws Exception {
        RateLimitFilter filter = filter(HeaderMode.ON_LIMIT);
        start(filter);
        for (int i = 0; i < 3; i++) {
            get("/ok");
        }
        assertThat(get("/ok").statusCode()).isEqualTo(429);

        filter.rules(RateLimitRules.parse("default 5/PT90S"));
        for (int i = 0; i < 5; i++) {
            assertThat(get("/ok").statusCode()).isEqualTo(200);
        }
        assertThat(get("/ok").statusCode()).isEqualTo(429);
    }

    @Test
    void rules_in_a_file_change_with_the_file_and_wrong_ones_change_nothing(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("rules"), "default 1/PT1H");
        Environment.builder(Map.of("RATE_LIMIT_RULES_FILE", file.toString()));
        start(options().rulesFile(new RulesFile(file, Optional.empty())).build());
        assertThat(get("/ok").statusCode()).isEqualTo(200);
        assertThat(get("/ok").statusCode()).isEqualTo(429);

        Files.writeString(file, "default 3/PT1H");
        assertThat(get("/ok").statusCode()).isEqualTo(429);
        now.addAndGet(Duration.ofSeconds(10).toNanos());
        assertThat(get("/ok").statusCode()).isEqualTo(200);

        Files.writeString(file, "default nonsense");
        now.addAndGet(Duration.ofSeconds(10).toNanos());
        assertThat(get("/ok").statusCode()).isEqualTo(200);
        assertThat(get("/ok").statusCode()).isEqualTo(200);
        assertThat(get("/ok").statusCode()).isEqualTo(429);
    }

    @Test
    void a_dry_run_refuses_nothing_and_tells_what_it_would_refuse() throws Exception {
        start(options().dryRun(true).build());
        for (int i = 0; i < 4; i++) {
            assertThat(get("/ok").statusCode()).isEqualTo(200);
        }
        assertThat(outcomes)
                .containsExactly("default ALLOWED", "default ALLOWED", "default ALLOWED", "default WOULD_REFUSE");
    }

    @Test
    void exempt_requests_are_not_counted() throws Exception {
        start(options().exempt(Match.path("/health")).build());
        for (int i = 0; i < 9; i++) {
            assertThat(get("/health").statusCode()).isEqualTo(200);
        }
        assertThat(outcomes).isEmpty();
    }

    @Test
    void exempt_addresses_are_not_counted() throws Exception {
        start(options().exempt(CidrSet.parse("127.0.0.0/8, ::1")).build());
        for (int i = 0; i < 9; i++) {
            assertThat(get("/ok").statusCode()).isEqualTo(200);
        }
        assertThat(outcomes).isEmpty();
    }

    @Test
    void a_preflight_is_not_counted_unless_wanted() throws Exception {
        start(options().build());
        preflight();
        assertThat(outcomes).isEmpty();
    }

    @Test
    void a_preflight_is_counted_if_wanted() throws Exception {
        start(options().countPreflight(true).build());
        preflight();
        assertThat(outcomes).containsExactly("default ALLOWED");
    }

    private void preflight() throws IOException {
        server.send("OPTIONS", "/ok", "Origin: https://example.org", "Access-Control-Request-Method: GET");
    }

    @Test
    void cost_is_taken_off_and_a_cost_that_is_not_positive_fails_the_request() throws Exception {
        start(options()
                .defaultRule(RateLimitRule.builder("default", THREE.quotas().get(0))
                        .cost(request -> Long.parseLong(request.getHeader("Cost")))
                        .build())
                .build());
        assertThat(get("/ok", "Cost", "2").statusCode()).isEqualTo(200);
        assertThat(get("/ok", "Cost", "2").statusCode()).isEqualTo(429);
        assertThat(get("/ok", "Cost", "1").statusCode()).isEqualTo(200);
        assertThat(get("/ok", "Cost", "0").statusCode()).isEqualTo(500);
        assertThat(get("/ok", "Cost", "-1").statusCode()).isEqualTo(500);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/401", "/async-401"})
    void only_answers_with_a_certain_status_are_counted_if_wanted(String failing) throws Exception {
        start(options()
                .defaultRule(RateLimitRule.builder("default", new Quota(2, Duration.ofHours(1)))
                        .countWhen(status -> status == 401)
                        .build())
                .build());
        for (int i = 0; i < 5; i++) {
            assertThat(get("/ok").statusCode()).isEqualTo(200);
        }
        assertThat(get(failing).statusCode()).isEqualTo(401);
        assertThat(get(failing).statusCode()).isEqualTo(401);
        Awaitility.await()
                .untilAsserted(() -> assertThat(get("/ok").statusCode()).isEqualTo(429));
    }

    @Test
    void an_exception_counts_as_the_status_that_goes_with_it() throws Exception {
        start(options()
                .defaultRule(RateLimitRule.builder("default", new Quota(1, Duration.ofHours(1)))
                        .countWhen(status -> status == 500)
                        .build())
                .build());
        assertThat(get("/ok").statusCode()).isEqualTo(200);
        get("/error");
        assertThat(get("/ok").statusCode()).isEqualTo(429);
    }

    @Test
    void a_penalty_doubles_up_to_its_longest_and_is_forgotten() throws Exception {
        start(options()
                .defaultRule(RateLimitRule.builder("default", new Quota(1, Duration.ofSeconds(1)))
                        .penalty(Duration.ofSeconds(60), Duration.ofSeconds(200))
                        .build())
                .build());
        for (String block : List.of("60", "120", "200", "200")) {
            assertThat(get("/ok").statusCode()).isEqualTo(200);
            assertThat(get("/ok").headers().firstValue("Retry-After")).contains(block);
            now.addAndGet(Duration.ofSeconds(10).toNanos());
            assertThat(get("/ok").headers().firstValue("Retry-After"))
                    .contains(Integer.toString(Integer.parseInt(block) - 10));
            now.addAndGet(Duration.ofSeconds(Integer.parseInt(block) - 10).toNanos() + 64);
        }
        now.addAndGet(Duration.ofSeconds(201).toNanos());
        assertThat(get("/ok").statusCode()).isEqualTo(200);
        assertThat(get("/ok").headers().firstValue("Retry-After")).contains("60");
    }

    @Test
    void the_configured_header_of_a_trusted_proxy_names_the_client_and_the_other_one_is_told_of() throws Exception {
        start(options()
                .clientAddress(ClientAddressResolver.forwarded(
                        ClientAddressResolver.Header.X_FORWARDED_FOR, CidrSet.parse("127.0.0.0/8")))
                .build());
        for (int i = 0; i < 9; i++) {
            assertThat(get("/ok", "X-Forwarded-For", "9.9.9." + i).statusCode()).isEqualTo(200);
        }
        assertThat(outcomes).doesNotContain("ignored header");
        get("/ok", "Forwarded", "for=1.2.3.4");
        assertThat(outcomes).contains("ignored header");
    }

    @Test
    void a_refusal_can_be_as_simple_as_a_detail() throws Exception {
        start(options().body(RefusalBody.DETAIL).build());
        for (int i = 0; i < 3; i++) {
            get("/ok");
        }
        HttpResponse<String> refused = get("/ok");
        assertThat(refused.body()).isEqualTo("{\"detail\":\"Too many requests\"}");
        assertThat(refused.headers().firstValue("Content-Type")).contains("application/json");
    }

    @Test
    void a_jitter_only_makes_retry_after_later() throws Exception {
        start(options().retryJitter(Duration.ofSeconds(5)).build());
        for (int i = 0; i < 3; i++) {
            get("/ok");
        }
        for (int i = 0; i < 30; i++) {
            HttpResponse<String> refused = get("/ok");
            assertThat(Long.parseLong(
                            refused.headers().firstValue("Retry-After").orElseThrow()))
                    .isBetween(30L, 35L);
            assertThat(refused.headers().firstValue("RateLimit")).contains("\"default\";r=0;t=30");
        }
    }

    @Test
    void several_quotas_of_a_rule_are_several_policies() throws Exception {
        start(options()
                .defaultRule(RateLimitRule.builder("api", new Quota(9, Duration.ofSeconds(9)))
                        .quota(new Quota(2, Duration.ofHours(1)))
                        .build())
                .build());
        get("/ok");
        get("/ok");
        HttpResponse<String> refused = get("/ok");
        assertThat(refused.headers().firstValue("RateLimit-Policy"))
                .contains("\"api-1\";q=9;w=9, \"api-2\";q=2;w=3600");
        assertThat(refused.headers().firstValue("RateLimit")).contains("\"api-2\";r=0;t=1800");
    }

    @Test
    void a_store_that_cannot_tell_gives_503_and_not_429() throws Exception {
        start(options().store(new BrokenStore()).build());
        HttpResponse<String> answer = get("/ok");
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("Retry-After")).contains("1");
        assertThat(answer.body()).contains("temporary-reduced-capacity").doesNotContain("secret");
        assertThat(outcomes).containsExactly("default UNAVAILABLE");
    }

    private static final class BrokenStore implements BucketStore {
        @Override
        public Decision tryConsume(RateLimitRule rule, RateLimitKey key, long cost) {
            throw new BucketStoreException("secret", null);
        }

        @Override
        public Decision look(RateLimitRule rule, RateLimitKey key, long cost) {
            throw new BucketStoreException("secret", null);
        }

        @Override
        public void charge(RateLimitRule rule, RateLimitKey key, long cost) {
            throw new BucketStoreException("secret", null);
        }

        @Override
        public void giveBack(RateLimitRule rule, RateLimitKey key, long cost) {
            throw new BucketStoreException("secret", null);
        }

        @Override
        public void close() {}
    }

    @Test
    void a_servlet_is_limited_without_a_filter() throws Exception {
        Servlet limited = RateLimiting.limit(
                new ServletServer.Handling(this::handle), options().build());
        server.servlet((request, response) -> limited.service(request, response))
                .start();
        for (int i = 0; i < 3; i++) {
            assertThat(get("/async-twice").statusCode()).isEqualTo(200);
        }
        assertThat(get("/ok").statusCode()).isEqualTo(429);
        assertThat(counted).hasValue(3);
    }

    private int raw(String target) throws IOException {
        return server.get(target).status();
    }

    private RateLimitFilter filter(HeaderMode headers) {
        return options().headers(headers).build();
    }

    private RateLimitFilter.Builder options() {
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
        for (Filter filter : filters) {
            server.filter(filter);
        }
        server.servlet(this::handle).errorPage(404, "/ok").errorPage(500, "/ok").start();
    }

    /** Goes to /ok in the way that the path names. */
    private void handle(HttpServletRequest request, HttpServletResponse response) throws ServletException, IOException {
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

    private HttpResponse<String> get(String path) throws Exception {
        return get(path, "Test-Nothing", "x");
    }

    private HttpResponse<String> get(String path, String header, String value) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + server.port() + path);
        return http.send(
                HttpRequest.newBuilder(uri).header(header, value).build(), HttpResponse.BodyHandlers.ofString());
    }
}
