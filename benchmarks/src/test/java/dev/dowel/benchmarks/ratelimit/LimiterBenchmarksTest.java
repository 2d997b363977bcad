package dev.dowel.benchmarks.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LimiterBenchmarksTest {

    @Test
    void every_contender_is_in_every_table() throws Exception {
        String tables = LimiterBenchmarks.run(true);
        for (Kind kind : Kind.values()) {
            assertThat(tables.split("\\| " + kind.label() + " \\|", -1))
                    .as(kind.label())
                    .hasSize(6);
        }
    }

    @ParameterizedTest
    @EnumSource
    void every_contender_lets_the_first_call_pass_and_refuses_when_there_are_none_left(Kind kind) {
        Contender contender = kind.open(1, 10);
        assertThat(contender.passes("10.0.0.1")).isTrue();
        assertThat(contender.passes("10.0.0.1")).isFalse();
        assertThat(contender.passes("10.0.0.2")).isTrue();
    }
}
