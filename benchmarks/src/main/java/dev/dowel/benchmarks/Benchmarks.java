package dev.dowel.benchmarks;

import java.util.ArrayList;
import java.util.List;

/** Runs the scenarios named, or all, and prints their tables. */
public final class Benchmarks {

    private Benchmarks() {}

    /** {@code --quick} shows that everything runs, {@code --forks N} sets how many processes repeat each measurement. */
    public static void main(String[] arguments) throws Exception {
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
        System.out.printf(
                "%nJDK %s, %d processors, %s%s",
                Runtime.version(),
                Runtime.getRuntime().availableProcessors(),
                forks == 0 ? "QUICK: these figures mean nothing\n" : forks + " fork(s)\n",
                tables);
        // Clients leave threads behind that would keep the program alive for a minute.
        System.exit(0);
    }
}
