package dev.dowel.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which calls count, and how much, in every servlet container. */
abstract class CountedCallsContract extends FilterContract {
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
    void whoever_guesses_a_token_gets_429_and_no_401_any_more() throws Exception {
        start(options().build());
        for (int i = 0; i < 3; i++) {
            assertThat(get("/401").statusCode()).isEqualTo(401);
        }
        assertThat(get("/401").statusCode()).isEqualTo(429);
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
}
