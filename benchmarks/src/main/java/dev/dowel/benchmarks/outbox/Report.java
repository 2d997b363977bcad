package dev.dowel.benchmarks.outbox;

import dev.dowel.benchmarks.Table;
import dev.dowel.benchmarks.messaging.Figures;
import dev.dowel.benchmarks.messaging.Sample;
import dev.dowel.benchmarks.outbox.contenders.Contender;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Makes the tables of a cell, with what ours is to reach. */
final class Report {

    private static final double LEAST_TO_RAW = 0.8;
    private static final double LEAST_TO_GRUELBOX = 8;
    private static final int TARGET_RATE = 5_000;
    private static final double MOST_P50 = 20;
    private static final double MOST_P99 = 200;

    /** A backlog that grows by more than this share of the rate is not held. */
    private static final double MOST_GROWTH = 0.01;

    private Report() {}

    static String drained(Cell cell, int size, Map<Contender, List<Sample>> samples) {
        Table table = new Table(
                cell.title() + ", " + size + " B",
                List.of("", "rows/s", "least to most", ": raw", ": gruelbox", "CPU us each"));
        samples.forEach((contender, rounds) -> {
            Figures rate = Figures.of(rounds, Sample::perSecond);
            table.row(List.of(
                    contender.label(),
                    rate.median(),
                    String.format(Locale.ROOT, "%,.0f to %,.0f", rate.least(), rate.most()),
                    rate.ratioOrWhyNot(rates(samples, Contender.RAW)),
                    rate.ratioOrWhyNot(rates(samples, Contender.GRUELBOX)),
                    Figures.of(rounds, Sample::cpuMicros).median()));
        });
        return table
                + target(samples, Contender.RAW, LEAST_TO_RAW)
                + target(samples, Contender.GRUELBOX, LEAST_TO_GRUELBOX);
    }

    private static Figures rates(Map<Contender, List<Sample>> samples, Contender contender) {
        return Figures.of(samples.getOrDefault(contender, List.of()), Sample::perSecond);
    }

    private static String target(Map<Contender, List<Sample>> samples, Contender other, double least) {
        Object ratio = rates(samples, Contender.DOWEL).ratioOrWhyNot(rates(samples, other));
        return String.format(
                Locale.ROOT,
                "%nTarget: 1 relay at least %.2f times %s: %s%n",
                least,
                other.label(),
                ratio instanceof Double number
                        ? String.format(Locale.ROOT, "%.2f, %s", number, verdict(number >= least))
                        : ratio);
    }

    static String steady(Cell cell, int size, Map<Contender, List<SteadySample>> samples) {
        Table table = new Table(
                cell.title() + ", " + size + " B",
                List.of(
                        "",
                        "stored/s",
                        "handled/s",
                        "backlog grows by, /s",
                        "held",
                        "p50 ms",
                        "p99 ms",
                        "CPU us each"));
        samples.forEach((contender, rounds) -> {
            double growth = Figures.of(rounds, SteadySample::growthPerSecond).median();
            double stored = Figures.of(rounds, SteadySample::storedPerSecond).median();
            table.row(List.of(
                    contender.label(),
                    stored,
                    median(rounds, Sample::perSecond),
                    String.format(Locale.ROOT, "%,.0f", growth),
                    held(cell, stored, growth) ? "yes" : "no",
                    range(rounds, Sample::p50),
                    range(rounds, Sample::p99),
                    median(rounds, Sample::cpuMicros)));
        });
        return table
                + (cell.rate() == TARGET_RATE ? target(cell, samples.getOrDefault(Contender.DOWEL, List.of())) : "");
    }

    private static boolean held(Cell cell, double stored, double growth) {
        double tolerated = cell.rate() * MOST_GROWTH;
        return stored >= cell.rate() - tolerated && growth <= tolerated;
    }

    private static String target(Cell cell, List<SteadySample> ours) {
        double p50 = median(ours, Sample::p50);
        double p99 = median(ours, Sample::p99);
        boolean held = held(
                cell,
                Figures.of(ours, SteadySample::storedPerSecond).median(),
                Figures.of(ours, SteadySample::growthPerSecond).median());
        return String.format(
                Locale.ROOT,
                "%nTarget: %,d/s held with p50 < %.0f ms and p99 < %.0f ms: %s%n",
                TARGET_RATE,
                MOST_P50,
                MOST_P99,
                verdict(held && p50 < MOST_P50 && p99 < MOST_P99));
    }

    private static String verdict(boolean met) {
        return met ? "met" : "MISSED";
    }

    private static double median(List<SteadySample> rounds, ToDoubleFunction<Sample> figure) {
        return Figures.of(rounds, round -> figure.applyAsDouble(round.handled()))
                .median();
    }

    private static String range(List<SteadySample> rounds, ToDoubleFunction<Sample> figure) {
        Figures figures = Figures.of(rounds, round -> figure.applyAsDouble(round.handled()));
        return String.format(Locale.ROOT, "%,.1f (%,.1f to %,.1f)", figures.median(), figures.least(), figures.most());
    }
}
