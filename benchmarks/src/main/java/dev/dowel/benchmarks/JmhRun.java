package dev.dowel.benchmarks;

import dev.dowel.benchmarks.authtoken.Call;
import dev.dowel.benchmarks.authtoken.Guard;
import dev.dowel.benchmarks.contenders.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs a class of JMH benchmarks and makes a table of each of its methods. */
final class JmhRun {

    private static final String ALLOCATED = "gc.alloc.rate.norm";

    private JmhRun() {}

    /** With {@code forks} 0 everything runs for a moment in this process, which shows that it runs and nothing else. */
    static String tables(Class<?> benchmarks, int forks) throws RunnerException {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include("^" + benchmarks.getName() + "\\.")
                .addProfiler(GCProfiler.class)
                .forks(forks);
        if (forks == 0) {
            // It may run while others measure or build: the figures mean nothing anyway.
            System.setProperty("jmh.ignoreLock", "true");
            options.verbosity(VerboseMode.SILENT)
                    .warmupIterations(1)
                    .warmupTime(TimeValue.milliseconds(50))
                    .measurementIterations(1)
                    .measurementTime(TimeValue.milliseconds(50));
        }
        Map<String, List<Row>> byMethod = new LinkedHashMap<>();
        for (RunResult result : new Runner(options.build()).run()) {
            String method = result.getParams().getBenchmark().replaceFirst(".*\\.", "");
            byMethod.computeIfAbsent(method, m -> new ArrayList<>()).add(Row.of(result));
        }
        StringBuilder tables = new StringBuilder();
        byMethod.forEach((method, rows) ->
                tables.append(table(benchmarks.getSimpleName() + ": " + method.replace('_', ' '), rows)));
        return tables.toString();
    }

    private static Table table(String title, List<Row> rows) {
        List<Object> columns = new ArrayList<>(List.of("", rows.get(0).unit()));
        boolean timed = !Double.isNaN(rows.get(0).p50());
        if (timed) {
            columns.addAll(List.of("p50", "p99"));
        }
        columns.add("B/op");
        double raw = raw(rows, Row::bytes);
        boolean compared = !Double.isNaN(raw);
        if (compared) {
            columns.addAll(List.of("time : raw", "bytes : raw", "time : best peer", "bytes : best peer"));
        }
        Table table = new Table(title, columns);
        for (Row row : rows) {
            List<Object> cells = new ArrayList<>(List.of(row.label(), row.time()));
            if (timed) {
                cells.addAll(List.of(row.p50(), row.p99()));
            }
            cells.add(row.bytes());
            if (compared) {
                cells.addAll(List.of(
                        row.typical() / raw(rows, Row::typical),
                        row.bytes() / raw,
                        row.typical() / bestPeer(rows, Row::typical),
                        row.bytes() / bestPeer(rows, Row::bytes)));
            }
            table.row(cells);
        }
        return table;
    }

    private static double raw(List<Row> rows, ToDoubleFunction<Row> value) {
        return Table.least(rows, row -> row.label().equals(Kind.RAW.label()), value);
    }

    private static double bestPeer(List<Row> rows, ToDoubleFunction<Row> value) {
        return Table.least(rows, Row::peer, value);
    }

    /** One benchmark with one set of parameters. The percentiles are not numbers unless single calls were timed. */
    private record Row(String label, boolean peer, String unit, double time, double p50, double p99, double bytes) {

        /** The median where it is known, for a mean is at the mercy of whatever else the machine does. */
        double typical() {
            return Double.isNaN(p50) ? time : p50;
        }

        private static String label(RunResult run) {
            String guard = run.getParams().getParam("guard");
            if (guard != null) {
                Call call = Call.valueOf(run.getParams().getParam("call"));
                return call.label() + ": " + Guard.valueOf(guard).label();
            }
            String headers = run.getParams().getParam("headers");
            return headers == null ? run.getParams().getParam("share") + " % compared" : headers + " headers";
        }

        @SuppressWarnings("rawtypes") // RunResult's.
        static Row of(RunResult run) {
            String kind = run.getParams().getParam("kind");
            Result<?> time = run.getPrimaryResult();
            boolean single = time.getStatistics().getN() > 1000;
            return new Row(
                    kind == null ? label(run) : Kind.valueOf(kind).label(),
                    kind != null && Kind.valueOf(kind).isPeer(),
                    time.getScoreUnit(),
                    time.getScore(),
                    single ? time.getStatistics().getPercentile(50) : Double.NaN,
                    single ? time.getStatistics().getPercentile(99) : Double.NaN,
                    run.getSecondaryResults().entrySet().stream()
                            .filter(entry -> entry.getKey().endsWith(ALLOCATED))
                            .mapToDouble(entry -> entry.getValue().getScore())
                            .findFirst()
                            .orElse(Double.NaN));
        }
    }
}
