package dev.dowel.authtoken;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Which address a failure limiter and a listener are told. */
@Tag("container")
class FailureAddressTest {

    private static final String GOOD = "Authorization: Bearer good";
    private static final String BAD = "Authorization: Bearer bad";

    private final Queue<String> asked = new ConcurrentLinkedQueue<>();
    private final Queue<String> failed = new ConcurrentLinkedQueue<>();
    private final Queue<String> heard = new ConcurrentLinkedQueue<>();

    private final FailureLimiter limiter = new FailureLimiter() {
        @Override
        public Duration waitFor(String remoteAddress) {
            asked.add(remoteAddress);
            return failed.contains(remoteAddress) ? Duration.ofSeconds(1) : Duration.ZERO;
        }

        @Override
        public void failed(String remoteAddress, Optional<String> client) {
            failed.add(remoteAddress);
        }
    };

    private BearerTokenFilter.Builder filter() {
        return BearerTokenFilter.builder(token -> token.value().equals("good")
                        ? new Verification.Accepted(new ServicePrincipal("billing", Set.of(), Map.of()))
                        : new Verification.Rejected(RefusalReason.WRONG_SECRET))
                .listener(new AuthenticationListener() {
                    @Override
                    public void onSuccess(AuthenticationEvent event) {
                        heard.add(event.remoteAddress());
                    }

                    @Override
                    public void onFailure(AuthenticationEvent event) {
                        heard.add(event.remoteAddress());
                    }
                });
    }

    private static ServletServer started(Filter... filters) throws Exception {
        ServletServer server = new TomcatServer();
        for (Filter filter : filters) {
            server.filter(filter, DispatcherType.REQUEST);
        }
        return server.servlet("/*", (request, response) -> response.getWriter().print("CONTENT"))
                .start();
    }

    @Test
    void behind_a_proxy_callers_are_held_back_one_by_one() throws Exception {
        BearerTokenFilter filter = filter().failureLimiter(limiter, request -> request.getHeader("X-Forwarded-For"))
                .build();
        try (ServletServer server = started(filter)) {
            assertThat(server.get("/", "X-Forwarded-For: 192.0.2.1", BAD).status())
                    .isEqualTo(401);
            assertThat(server.get("/", "X-Forwarded-For: 192.0.2.1", GOOD).status())
                    .isEqualTo(429);
            assertThat(server.get("/", "X-Forwarded-For: 192.0.2.2", GOOD).status())
                    .isEqualTo(200);
        }
        assertThat(asked).containsExactly("192.0.2.1", "192.0.2.1", "192.0.2.2");
        assertThat(failed).containsExactly("192.0.2.1");
    }

    @Test
    void where_the_function_finds_no_address_the_one_of_the_connection_counts() throws Exception {
        BearerTokenFilter filter = filter().failureLimiter(limiter, request -> {
                    if (request.getHeader("Fail") != null) {
                        throw new IllegalStateException("a function that fails");
                    }
                    return null;
                })
                .build();
        try (ServletServer server = started(filter)) {
            assertThat(server.get("/", "Fail: yes", BAD).status()).isEqualTo(401);
            assertThat(server.get("/", "Fail: yes", GOOD).status()).isEqualTo(429);
            assertThat(server.get("/", GOOD).status()).isEqualTo(429);
        }
        assertThat(asked).containsOnly("127.0.0.1");
    }

    @Test
    void a_connection_without_an_address_is_unknown_and_held_back_all_the_same() throws Exception {
        Filter addressless = (request, response, chain) -> chain.doFilter(
                new HttpServletRequestWrapper((HttpServletRequest) request) {
                    @Override
                    public String getRemoteAddr() {
                        return null;
                    }
                },
                response);
        try (ServletServer server =
                started(addressless, filter().failureLimiter(limiter).build())) {
            assertThat(server.get("/", GOOD).status()).isEqualTo(200);
            assertThat(server.get("/", BAD).status()).isEqualTo(401);
            assertThat(server.get("/", GOOD).status()).isEqualTo(429);
        }
        assertThat(List.copyOf(asked)).containsOnly("unknown").hasSize(3);
        assertThat(heard).containsExactly("unknown", "unknown", "unknown");
    }
}
