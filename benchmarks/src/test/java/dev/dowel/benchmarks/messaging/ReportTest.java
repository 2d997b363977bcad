package dev.dowel.benchmarks.messaging;

import static dev.dowel.benchmarks.messaging.contenders.Contender.DOWEL_WAIT;
import static dev.dowel.benchmarks.messaging.contenders.Contender.PERF_TEST;
import static dev.dowel.benchmarks.messaging.contenders.Contender.RAW_WAIT;
import static dev.dowel.benchmarks.messaging.contenders.Contender.SPRING_WAIT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dowel.benchmarks.messaging.contenders.Event;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReportTest {

    @Test
    void a_ratio_is_the_median_of_those_of_the_rounds() {
        assertThat(figures(90, 100, 110).ratioTo(figures(100, 100, 88))).isEqualTo(1.0);
    }

    @Test
    void there_is_no_ratio_when_the_rounds_of_either_differ_too_much_or_are_too_few() {
        Figures steady = figures(100, 110, 120);
        Figures shaky = figures(100, 110, 140);

        assertThat(steady.ratioOrWhyNot(steady)).isEqualTo(1.0);
        assertThat(steady.ratioOrWhyNot(shaky)).isEqualTo("none: rounds differ by 36 %");
        assertThat(shaky.ratioOrWhyNot(steady)).isEqualTo("none: rounds differ by 36 %");
        assertThat(figures(100, 100).ratioOrWhyNot(figures(100, 100))).isEqualTo("none: fewer than 3 rounds");
    }

    @Test
    void a_target_is_met_or_missed_or_not_judged() {
        assertThat(e1(95)).contains("at least 0.95 times raw amqp-client, waitForConfirms: 0.95, met");
        assertThat(e1(94)).contains("at least 0.95 times raw amqp-client, waitForConfirms: 0.94, MISSED");
        assertThat(Report.of(Cell.E1, 200, Map.of(DOWEL_WAIT, samples(1, 2, 3), RAW_WAIT, samples(1, 1, 1))))
                .contains("waitForConfirms: none: rounds differ by 100 %");
    }

    private static String e1(double ours) {
        return Report.of(
                Cell.E1,
                200,
                Map.of(
                        DOWEL_WAIT, samples(ours, ours, ours),
                        RAW_WAIT, samples(100, 100, 100),
                        SPRING_WAIT, samples(50, 50, 50),
                        PERF_TEST, samples(90, 90, 90)));
    }

    @Test
    void a_sample_has_the_latencies_that_so_many_exceed() {
        long[] nanos = new long[1_000];
        Arrays.setAll(nanos, i -> (i + 1) * 1_000_000L);

        assertThat(Sample.of(1_000, 500_000_000, 2_000_000, nanos)).isEqualTo(new Sample(2_000, 2, 501, 991, 1_000));
    }

    @Test
    void the_beginning_of_a_name_stands_for_several_cells() {
        assertThat(Plan.of(List.of("e2", "e5-1")).cells()).containsExactly(Cell.E2_100, Cell.E2_1000, Cell.E5_1);
        assertThat(Plan.of(List.of()).cells()).containsExactly(Cell.values());
        assertThatThrownBy(() -> Plan.of(List.of("e9"))).hasMessageStartingWith("no cell e9; there are [e1, e2-100");
    }

    @Test
    void the_options_say_how_much_is_measured() {
        Plan plan = Plan.of(List.of("--rounds", "3", "e1", "--seconds", "4", "--size", "1024", "--tmpfs"));

        assertThat(plan.rounds()).isEqualTo(3);
        assertThat(plan.measured()).hasSeconds(4);
        assertThat(plan.sizes()).containsExactly(1_024);
        assertThat(plan.tmpfs()).isTrue();
        assertThatThrownBy(() -> Plan.of(List.of("--rounds"))).hasMessage("--rounds needs a number");
    }

    @Test
    void an_event_is_as_large_as_it_is_to_be() {
        assertThat(Event.ofSize(200).json()).hasSize(200);
        assertThat(Event.ofSize(1_024).json()).hasSize(1_024);
    }

    private static Figures figures(double... rounds) {
        return new Figures(Arrays.stream(rounds).boxed().toList());
    }

    private static List<Sample> samples(double... rates) {
        return Arrays.stream(rates)
                .mapToObj(rate -> new Sample(rate, 1, 1, 1, 1))
                .toList();
    }
}
