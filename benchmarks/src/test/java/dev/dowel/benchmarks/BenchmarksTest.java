package dev.dowel.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BenchmarksTest {

    @Test
    void a_table_has_a_row_for_every_contender_and_names_the_ratios() throws Exception {
        assertThat(JmhRun.tables(CannedGet.class, 0))
                .contains("### CannedGet: get", "time : raw", "bytes : best peer")
                .contains("| raw OkHttp + Jackson |", "| remote-model, no context |", "| remote-model, context, miss |")
                .contains("| Retrofit |", "| Feign |", "| Spring RestClient on OkHttp |");
    }

    @ParameterizedTest
    @CsvSource({
        "NOT_FOUND, CannedNotFound: as exception, CannedNotFound: as optional",
        "HEADERS, InboundHeaders: snapshot, 40 headers",
        "SHADOW, ShadowReads: get, 100 % compared"
    })
    void tables_without_a_network_can_be_made(Scenario scenario, String first, String second) throws Exception {
        assertThat(scenario.run(0)).contains("### " + first, second);
    }

    @Test
    void a_scenario_that_does_not_exist_is_answered_with_those_that_do() {
        assertThatThrownBy(() -> Scenario.of("canned"))
                .hasMessageContaining("no scenario canned")
                .hasMessageContaining("canned-get, not-found, headers, loopback, shadow, calls, virtual-threads, "
                        + "authenticate, refusal-timing");
    }
}
