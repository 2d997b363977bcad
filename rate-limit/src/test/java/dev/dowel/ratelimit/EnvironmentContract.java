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
}
