package dev.dowel.benchmarks.messaging;

import dev.dowel.benchmarks.Table;
import dev.dowel.benchmarks.messaging.contenders.Contender;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Makes the tables of a cell. */
final class Report {

    private Report() {}

    static String of(Cell cell, int size, Map<Contender, List<Sample>> samples) {
        String title = cell.title() + ", " + size + " B";
        return cell.work() == Cell.Work.SCHEDULE
                ? latencies(title, samples)
                : rates(cell, title, samples) + targets(cell, samples);
    }

    private static String rates(Cell cell, String title, Map<Contender, List<Sample>> samples) {
        Table table = new Table(title, List.of("", "messages/s", "least to most", ": raw", "CPU us each", "CPU : raw"));
        List<Sample> raw = samples.getOrDefault(cell.contenders().get(1), List.of());
        samples.forEach((contender, rounds) -> {
            Figures rate = Figures.of(rounds, Sample::perSecond);
            Figures cpu = Figures.of(rounds, Sample::cpuMicros);
            table.row(List.of(
                    contender.label(),
                    rate.median(),
                    range("%,.0f to %,.0f", rate),
                    rate.ratioOrWhyNot(Figures.of(raw, Sample::perSecond)),
                    cpu.median(),
                    cpu.ratioOrWhyNot(Figures.of(raw, Sample::cpuMicros))));
        });
        return table.toString();
    }

    private static String targets(Cell cell, Map<Contender, List<Sample>> samples) {
        StringBuilder text = new StringBuilder();
        Figures ours = Figures.of(samples.getOrDefault(cell.contenders().get(0), List.of()), Sample::perSecond);
        for (Cell.Target target : cell.targets()) {
            Figures theirs = Figures.of(samples.getOrDefault(target.other(), List.of()), Sample::perSecond);
            Object ratio = ours.ratioOrWhyNot(theirs);
            text.append(String.format(
                    Locale.ROOT,
                    "%nTarget: at least %.2f times %s: %s%n",
                    target.least(),
                    target.other().label(),
                    ratio instanceof Double number
                            ? String.format(
                                    Locale.ROOT, "%.2f, %s", number, number >= target.least() ? "met" : "MISSED")
                            : ratio));
        }
        return text.toString();
    }

    private static String latencies(String title, Map<Contender, List<Sample>> samples) {
        Table table = new Table(
                title, List.of("", "messages/s", "p50 ms", "p99 ms", "least to most", "p99.9 ms", "CPU us each"));
        samples.forEach((contender, rounds) -> {
            Figures p99 = Figures.of(rounds, Sample::p99);
            table.row(List.of(
                    contender.label(),
                    Figures.of(rounds, Sample::perSecond).median(),
                    Figures.of(rounds, Sample::p50).median(),
                    p99.median(),
                    range("%.1f to %.1f", p99),
                    Figures.of(rounds, Sample::p999).median(),
                    Figures.of(rounds, Sample::cpuMicros).median()));
        });
        return table.toString();
    }

    private static String range(String format, Figures figures) {
        return String.format(Locale.ROOT, format, figures.least(), figures.most());
    }
}
