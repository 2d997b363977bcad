package dev.dowel.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.Servlet;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A request counts once, in every servlet container. */
abstract class OncePerRequestContract extends FilterContract {
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
}
