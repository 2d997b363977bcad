package dev.dowel.benchmarks.ratelimit;

import dev.dowel.benchmarks.Table;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Times, bytes and what slips through. */
public final class LimiterBenchmarks {
    private static final String ALLOCATED = "gc.alloc.rate.norm";

    private LimiterBenchmarks() {}

    /** Returns all tables; quickly, their figures mean nothing. */
    public static String run(boolean quick) throws RunnerException {
        int clients = quick ? 1_000 : 100_000;
        return calls(quick) + Memory.table(clients) + Flood.table(clients / 10, quick ? 2 : 40);
    }

    private static String calls(boolean quick) throws RunnerException {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include("^" + Calls.class.getName() + "\\.")
                .addProfiler(GCProfiler.class)
                .forks(quick ? 0 : 1);
        if (quick) {
            // It may run while others measure or build: the figures mean nothing anyway.
            System.setProperty("jmh.ignoreLock", "true");
            options.verbosity(VerboseMode.SILENT)
                    .warmupIterations(1)
                    .warmupTime(TimeValue.milliseconds(10))
                    .measurementIterations(1)
                    .measurementTime(TimeValue.milliseconds(10));
        }
        Map<String, List<RunResult>> byMethod = new LinkedHashMap<>();
        for (RunResult result : new Runner(options.build()).run()) {
            String method = result.getParams().getBenchmark().replaceFirst(".*\\.", "");
            byMethod.computeIfAbsent(method, m -> new ArrayList<>()).add(result);
        }
        StringBuilder tables = new StringBuilder();
        byMethod.forEach((method, results) -> tables.append(table(method.replace('_', ' '), results)));
        return tables.toString();
    }

    private static Table table(String title, List<RunResult> results) {
        Table table = new Table(title, List.of("", "ns/op", "B/op"));
        for (RunResult result : results) {
            double bytes = result.getSecondaryResults().entrySet().stream()
                    .filter(entry -> entry.getKey().endsWith(ALLOCATED))
                    .mapToDouble(entry -> entry.getValue().getScore())
                    .findFirst()
                    .orElse(Double.NaN);
            table.row(List.of(
                    Kind.valueOf(result.getParams().getParam("kind")).label(),
                    result.getPrimaryResult().getScore(),
                    bytes));
        }
        return table;
    }
}
