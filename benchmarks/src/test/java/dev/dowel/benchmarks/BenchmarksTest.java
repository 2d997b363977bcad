package dev.dowel.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class BenchmarksTest {

    @Test
    void a_table_has_a_row_for_every_contender_and_names_the_ratios() throws Exception {
        assertThat(JmhRun.tables(CannedGet.class, 0))
                .contains("### CannedGet: get", "time : raw", "bytes : best peer")
                .contains("| raw OkHttp + Jackson |", "| remote-model, no context |", "| remote-model, context, miss |")
                .contains("| Retrofit |", "| Feign |", "| Spring RestClient on OkHttp |");
    }

    @Test
    void a_scenario_that_does_not_exist_is_answered_with_those_that_do() {
        assertThatThrownBy(() -> Scenario.of("canned"))
                .hasMessageContaining("no scenario canned")
                .hasMessageContaining("canned-get, not-found, headers, loopback, shadow, calls, virtual-threads, "
                        + "authenticate, refusal-timing");
    }
}
