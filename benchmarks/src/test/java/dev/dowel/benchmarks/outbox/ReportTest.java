package dev.dowel.benchmarks.outbox;

import static dev.dowel.benchmarks.outbox.contenders.Contender.DOWEL;
import static dev.dowel.benchmarks.outbox.contenders.Contender.GRUELBOX;
import static dev.dowel.benchmarks.outbox.contenders.Contender.RAW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dowel.benchmarks.messaging.Sample;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReportTest {

    @Test
    void the_targets_of_a_drain_are_met_or_missed() {
        assertThat(drained(80, 100, 10))
                .contains("0.80 times raw amqp-client, window, no database: 0.80, met")
                .contains("8.00 times gruelbox, 16 threads: 8.00, met");
        assertThat(drained(79, 100, 10)).contains("no database: 0.79, MISSED").contains("threads: 7.90, MISSED");
    }

    private static String drained(double ours, double raw, double gruelbox) {
        return Report.drained(Cell.E7, 200, Map.of(DOWEL, rounds(ours), RAW, rounds(raw), GRUELBOX, rounds(gruelbox)));
    }

    private static List<Sample> rounds(double perSecond) {
        return Collections.nCopies(3, new Sample(perSecond, 1, 1, 1, 1));
    }

    @Test
    void a_rate_is_held_when_all_was_stored_and_the_backlog_hardly_grows() {
        assertThat(steady(5_000, 50, 19, 199)).contains("| yes |").contains("ms: met");
        assertThat(steady(5_000, 51, 19, 199)).contains("| no |").contains("ms: MISSED");
        assertThat(steady(4_900, 0, 19, 199)).contains("| no |").contains("ms: MISSED");
    }

    @Test
    void the_target_of_a_rate_asks_for_both_latencies() {
        assertThat(steady(5_000, 0, 20, 199)).contains("| yes |").contains("ms: MISSED");
        assertThat(steady(5_000, 0, 19, 200)).contains("| yes |").contains("ms: MISSED");
    }

    private static String steady(double stored, double growth, double p50, double p99) {
        return Report.steady(
                Cell.E8_5000,
                200,
                Map.of(DOWEL, List.of(new SteadySample(stored, new Sample(stored - growth, 1, p50, p99, p99)))));
    }
}
