package dev.dowel.benchmarks.authtoken;

import dev.dowel.authtoken.BearerTokenFilter;
import dev.dowel.benchmarks.Table;
import jakarta.servlet.Filter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;

/**
 * Whether the time of a refusal tells why: batches of calls in random order, and Welch's t between each sort and a wrong
 * secret, without the slowest tenth. A malformed token is there to show that a difference would be seen.
 */
public final class RefusalTiming {

    private static final int CALLS = 50;
    private static final int WARM_UP = 2_000;
    private static final List<Call> SORTS =
            List.of(Call.WRONG_SECRET, Call.UNKNOWN_CLIENT, Call.EXPIRED, Call.EARLY, Call.DISABLED, Call.MALFORMED);

    private final Map<Call, Gate> gates = new EnumMap<>(Call.class);
    private final Map<Call, double[]> times = new EnumMap<>(Call.class);

    private RefusalTiming() {}

    /** Takes so many batches of each sort and returns a table. */
    public static Table table(int batches) throws Exception {
        RefusalTiming timing = new RefusalTiming();
        // One filter for all, because two would lie at different places in memory.
        Filter filter = BearerTokenFilter.builder(Clients.verifier()).build();
        for (Call sort : SORTS) {
            timing.gates.put(sort, new FilterGate(filter, "Bearer " + sort.token()));
        }
        timing.measure(Math.min(WARM_UP, batches));
        timing.measure(batches);
        return timing.table();
    }

    private void measure(int batches) throws Exception {
        SORTS.forEach(sort -> times.put(sort, new double[batches]));
        List<Call> order = new ArrayList<>(SORTS);
        Random random = new Random(42);
        for (int batch = 0; batch < batches; batch++) {
            Collections.shuffle(order, random);
            for (Call sort : order) {
                times(sort)[batch] = nanosPerCall(Objects.requireNonNull(gates.get(sort)));
            }
        }
        times.values().forEach(Arrays::sort);
    }

    private static double nanosPerCall(Gate gate) throws Exception {
        long start = System.nanoTime();
        for (int call = 0; call < CALLS; call++) {
            if (gate.admits()) {
                throw new IllegalStateException("let through what it should refuse");
            }
        }
        return (System.nanoTime() - start) / (double) CALLS;
    }

    private Table table() {
        Table table = new Table(
                "Refusals: does their time tell the reason?",
                List.of("", "ns p50", "ns mean of 90 %", "t to wrong secret"));
        double[] wrong = times(Call.WRONG_SECRET);
        for (Call sort : SORTS) {
            double[] sorted = times(sort);
            table.row(List.of(
                    sort.label(),
                    sorted[sorted.length / 2],
                    mean(sorted),
                    sort == Call.WRONG_SECRET ? Double.NaN : welch(sorted, wrong)));
        }
        return table;
    }

    private double[] times(Call sort) {
        return Objects.requireNonNull(times.get(sort));
    }

    private static double welch(double[] some, double[] others) {
        double error = variance(some) / kept(some) + variance(others) / kept(others);
        return (mean(some) - mean(others)) / Math.sqrt(error);
    }

    private static double mean(double[] sorted) {
        return Arrays.stream(sorted).limit(kept(sorted)).average().orElse(Double.NaN);
    }

    private static double variance(double[] sorted) {
        double mean = mean(sorted);
        double squares = Arrays.stream(sorted)
                .limit(kept(sorted))
                .map(time -> (time - mean) * (time - mean))
                .sum();
        return squares / (kept(sorted) - 1);
    }

    private static int kept(double[] sorted) {
        return Math.max(2, sorted.length * 9 / 10);
    }
}
