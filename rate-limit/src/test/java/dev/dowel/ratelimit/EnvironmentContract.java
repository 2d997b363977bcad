package dev.dowel.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the environment says, in every servlet container. */
abstract class EnvironmentContract extends FilterContract {
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
    void the_environment_names_the_proxies_their_header_and_exempt_addresses() throws Exception {
        start(Environment.builder(Map.of(
                        "RATE_LIMIT", "1/PT1H",
                        "TRUSTED_PROXIES", "127.0.0.0/8",
                        "TRUSTED_PROXY_HEADER", "forwarded",
                        "RATE_LIMIT_EXEMPT", "192.0.2.0/24"))
                .build());
        assertThat(get("/ok", "Forwarded", "for=198.51.100.1").statusCode()).isEqualTo(200);
        assertThat(get("/ok", "Forwarded", "for=198.51.100.2").statusCode()).isEqualTo(200);
        assertThat(get("/ok", "Forwarded", "for=198.51.100.1").statusCode()).isEqualTo(429);
        for (int i = 0; i < 3; i++) {
            assertThat(get("/ok", "Forwarded", "for=192.0.2.1").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void the_environment_says_how_many_proxies_a_request_passes() throws Exception {
        start(Environment.builder(
                        Map.of("RATE_LIMIT", "1/PT1H", "TRUSTED_PROXIES", "127.0.0.0/8", "TRUSTED_PROXY_HOPS", "2"))
                .build());
        assertThat(get("/ok", "X-Forwarded-For", "198.51.100.1, 10.9.9.1").statusCode())
                .isEqualTo(200);
        assertThat(get("/ok", "X-Forwarded-For", "198.51.100.2, 10.9.9.1").statusCode())
                .isEqualTo(200);
        assertThat(get("/ok", "X-Forwarded-For", "198.51.100.1, 10.9.9.2").statusCode())
                .isEqualTo(429);
    }

    @Test
    void the_environment_gives_more_rules_headers_and_a_dry_run() throws Exception {
        start(Environment.builder(Map.of(
                        "RATE_LIMIT", "100/PT1M",
                        "RATE_LIMIT_RULES", "login 2/PT1H path=/login",
                        "RATE_LIMIT_HEADERS", "always",
                        "RATE_LIMIT_DRY_RUN", "true"))
                .build());
        assertThat(get("/login").headers().firstValue("RateLimit")).contains("\"login\";r=1;t=1800");
        for (int i = 0; i < 3; i++) {
            assertThat(get("/login").statusCode()).isEqualTo(200);
        }
    }
}
