package dev.dowel.benchmarks.messaging;

import dev.dowel.testservices.RabbitMq;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;

/** Starts a broker of its own and measures the cells named, or all. */
public final class BrokerBenchmarks {

    private BrokerBenchmarks() {}

    /** Prints how it goes, and returns the tables. */
    public static String run(List<String> arguments) throws Exception {
        Plan plan = Plan.of(arguments);
        StringBuilder tables = new StringBuilder();
        try (RabbitMq rabbit = plan.tmpfs() ? RabbitMq.start(Path.of("/dev/shm")) : RabbitMq.start();
                Broker broker = Broker.connect(rabbit.uri())) {
            Rounds rounds = new Rounds(broker, plan, System.out::println);
            for (Cell cell : plan.cells()) {
                for (int size : plan.sizes()) {
                    String table = Report.of(cell, size, rounds.of(cell, size));
                    // At once too: the whole takes hours.
                    System.out.println(table);
                    tables.append(table);
                }
            }
        }
        return String.format(
                "%d round(s) of %d s after %d s, backlog %,d, data %s, load average %.1f at the end%n%s",
                plan.rounds(),
                plan.measured().toSeconds(),
                plan.warmUp().toSeconds(),
                plan.backlog(),
                plan.tmpfs() ? "in memory" : "on disk",
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(),
                tables);
    }
}
