package dev.dowel.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BenchmarksTest {
    @Test
    void every_contender_runs_and_has_a_row() throws Exception {
        assertThat(Benchmarks.table(Benchmarks.run(true)))
                .contains("| raw okhttp and jackson |", "| remote model no context |")
                .contains("| remote model miss |", "| remote model hit |");
    }
}
