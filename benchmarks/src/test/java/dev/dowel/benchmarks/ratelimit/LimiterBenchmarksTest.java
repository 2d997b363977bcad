package dev.dowel.benchmarks.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
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
        try (Contender contender = kind.open(1, 10)) {
            assertThat(contender.passes("10.0.0.1")).isTrue();
            // To Jetty a call comes back with the second of the real clock, which a busy machine may take between two.
            int calls = kind == Kind.JETTY ? 100 : 1;
            assertThat(IntStream.range(0, calls).allMatch(i -> contender.passes("10.0.0.1")))
                    .isFalse();
            assertThat(contender.passes("10.0.0.2")).isTrue();
        }
    }
}
