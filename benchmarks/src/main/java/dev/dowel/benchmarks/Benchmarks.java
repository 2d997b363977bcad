package dev.dowel.benchmarks;

import dev.dowel.benchmarks.messaging.BrokerBenchmarks;
import dev.dowel.benchmarks.outbox.OutboxBenchmarks;
import dev.dowel.benchmarks.ratelimit.LimiterBenchmarks;
import java.util.ArrayList;
import java.util.List;

/** Runs the scenarios named, or all, and prints their tables. */
public final class Benchmarks {

    private Benchmarks() {}

    /**
     * {@code --quick} shows that everything runs, {@code --forks N} sets how many processes repeat each measurement. With
     * {@code messaging} or {@code outbox} it is the benchmarks that need a broker, which have options of their own; with
     * {@code rate-limit} all of that module.
     */
    public static void main(String[] arguments) throws Exception {
        List<String> rest = new ArrayList<>(List.of(arguments));
        if (rest.remove("messaging")) {
            print(rest.contains("--quick"), "", BrokerBenchmarks.run(rest));
        } else if (rest.remove("outbox")) {
            print(rest.contains("--quick"), "", OutboxBenchmarks.run(rest));
        } else if (rest.contains("rate-limit")) {
            boolean quick = rest.contains("--quick");
            print(quick, "1 fork\n", LimiterBenchmarks.run(quick));
        } else {
            scenarios(arguments);
        }
        // Clients leave threads behind that would keep the program alive for a minute.
        System.exit(0);
    }

    private static void scenarios(String[] arguments) throws Exception {
        int forks = 3;
        List<Scenario> scenarios = new ArrayList<>();
        for (int i = 0; i < arguments.length; i++) {
            if (arguments[i].equals("--quick")) {
                forks = 0;
            } else if (arguments[i].equals("--forks") && i + 1 < arguments.length) {
                forks = Integer.parseInt(arguments[++i]);
            } else {
                scenarios.add(Scenario.of(arguments[i]));
            }
        }
        StringBuilder tables = new StringBuilder();
        for (Scenario scenario : scenarios.isEmpty() ? List.of(Scenario.values()) : scenarios) {
            tables.append(scenario.run(forks));
        }
        print(forks == 0, forks + " fork(s)\n", tables.toString());
    }

    private static void print(boolean quick, String how, String tables) {
        System.out.printf(
                "%nJDK %s, %d processors, %s%s",
                Runtime.version(),
                Runtime.getRuntime().availableProcessors(),
                quick ? "QUICK: these figures mean nothing\n" : how,
                tables);
    }
}
