package dev.dowel.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnvironmentTest {
    @Test
    void a_dry_run_that_is_false_refuses() throws Exception {
        assertThat(passed(Map.of("RATE_LIMIT", "1/PT1H", "RATE_LIMIT_DRY_RUN", "false")))
                .isEqualTo(1);
    }

    @Test
    void a_default_rule_among_the_rules_goes_before_the_one_beside_them() throws Exception {
        assertThat(passed(Map.of("RATE_LIMIT", "1/PT1H", "RATE_LIMIT_RULES", "default 2/PT1H")))
                .isEqualTo(2);
        assertThat(passed(Map.of("RATE_LIMIT_RULES", "default 3/PT1H"))).isEqualTo(3);
    }

    @Test
    void rules_and_a_file_of_rules_at_once_are_refused(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("rules"), "default 1/PT1H");
        assertThatThrownBy(() -> Environment.builder(
                        Map.of("RATE_LIMIT_RULES", "default 1/PT1H", "RATE_LIMIT_RULES_FILE", file.toString())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("RATE_LIMIT_RULES and RATE_LIMIT_RULES_FILE");
    }

    @Test
    void a_header_of_proxies_that_nobody_named_is_refused() {
        assertThatThrownBy(
                        () -> Environment.builder(Map.of("RATE_LIMIT", "1/PT1H", "TRUSTED_PROXY_HEADER", "Forwarded")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("TRUSTED_PROXIES is not set");
    }

    @Test
    void white_space_around_a_value_says_nothing_and_a_value_of_white_space_is_none() throws Exception {
        assertThat(passed(Map.of(
                        "RATE_LIMIT", " 1/PT1H\n", "RATE_LIMIT_DRY_RUN", " true\n", "RATE_LIMIT_HEADERS", " \n")))
                .isEqualTo(5);
    }

    @Test
    void a_cost_in_the_rules_is_taken_off() throws Exception {
        assertThat(passed(Map.of("RATE_LIMIT_RULES", "default 4/PT1H cost=2"))).isEqualTo(2);
    }

    /** How many of five calls pass. */
    private static int passed(Map<String, String> variables) throws Exception {
        RateLimitFilter filter = Environment.builder(variables).build();
        int passed = 0;
        for (int i = 0; i < 5; i++) {
            passed += new StubRequest("GET", "/", "192.0.2.7").passes(filter, 200) ? 1 : 0;
        }
        return passed;
    }
}
