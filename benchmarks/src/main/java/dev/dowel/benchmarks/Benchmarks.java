package dev.dowel.benchmarks;

import java.util.Collection;
import java.util.Locale;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** Runs the benchmarks and prints one table. */
public final class Benchmarks {
    private static final String BASE = "raw_okhttp_and_jackson";
    private static final String ALLOCATED = "gc.alloc.rate.norm";

    private Benchmarks() {}

    /** Runs everything; {@code --quick} takes seconds and is good only to see that it runs. */
    public static void main(String[] arguments) throws RunnerException {
        boolean quick = arguments.length > 0 && arguments[0].equals("--quick");
        System.out.println(table(run(quick)));
    }

    static Collection<RunResult> run(boolean quick) throws RunnerException {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include(RemoteModelGet.class.getSimpleName())
                .addProfiler(GCProfiler.class);
        if (quick) {
            options.forks(0)
                    .warmupIterations(1)
                    .warmupTime(TimeValue.milliseconds(100))
                    .measurementIterations(1)
                    .measurementTime(TimeValue.milliseconds(100));
        }
        return new Runner(options.build()).run();
    }

    static String table(Collection<RunResult> results) {
        double time = 1;
        double bytes = 1;
        for (RunResult result : results) {
            if (name(result).equals(BASE)) {
                time = result.getPrimaryResult().getScore();
                bytes = allocated(result);
            }
        }
        StringBuilder table = new StringBuilder(
                "\n| canned get | ns/op | B/op | time : raw | bytes : raw |\n|---|---|---|---|---|\n");
        for (RunResult result : results) {
            double score = result.getPrimaryResult().getScore();
            table.append(String.format(
                    Locale.ROOT,
                    "| %s | %.0f | %.0f | %.2f | %.2f |%n",
                    name(result).replace('_', ' '),
                    score,
                    allocated(result),
                    score / time,
                    allocated(result) / bytes));
        }
        return table.toString();
    }

    private static String name(RunResult result) {
        String whole = result.getParams().getBenchmark();
        return whole.substring(whole.lastIndexOf('.') + 1);
    }

    private static double allocated(RunResult result) {
        return result.getSecondaryResults().entrySet().stream()
                .filter(entry -> entry.getKey().endsWith(ALLOCATED))
                .mapToDouble(entry -> entry.getValue().getScore())
                .findFirst()
                .orElse(Double.NaN);
    }
}
