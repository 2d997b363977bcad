package dev.dowel.benchmarks.outbox;

import dev.dowel.benchmarks.Interleaved;
import dev.dowel.benchmarks.messaging.Broker;
import dev.dowel.benchmarks.messaging.Sample;
import dev.dowel.testservices.PostgreSql;
import dev.dowel.testservices.RabbitMq;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Starts a broker and a database of its own and measures the cells named, or all. */
public final class OutboxBenchmarks {

    private final PostgreSql server;
    private final Broker broker;
    private final Plan plan;

    private OutboxBenchmarks(PostgreSql server, Broker broker, Plan plan) {
        this.server = server;
        this.broker = broker;
        this.plan = plan;
    }

    /** Prints how it goes, and returns the tables. */
    public static String run(List<String> arguments) throws Exception {
        Plan plan = Plan.of(arguments);
        StringBuilder tables = new StringBuilder();
        try (RabbitMq rabbit = plan.tmpfs() ? RabbitMq.start(Path.of("/dev/shm")) : RabbitMq.start();
                PostgreSql server = PostgreSql.start();
                Broker broker = Broker.connect(rabbit.uri())) {
            OutboxBenchmarks benchmarks = new OutboxBenchmarks(server, broker, plan);
            for (Cell cell : plan.cells()) {
                String table = cell.rate() == 0 ? benchmarks.drained(cell) : benchmarks.steady(cell);
                System.out.println(table);
                tables.append(table);
            }
        }
        return String.format(
                Locale.ROOT,
                "%d round(s), %,d rows, %d s after %d s, broker's data %s, load average %.1f at the end%n%s",
                plan.rounds(),
                plan.rows(),
                plan.measured().toSeconds(),
                plan.warmUp().toSeconds(),
                plan.tmpfs() ? "in memory" : "on disk",
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(),
                tables);
    }

    private String drained(Cell cell) throws Exception {
        Drain drain = new Drain(server, broker, plan);
        return Report.drained(
                cell, plan.size(), Interleaved.take(plan.rounds(), cell.contenders(), round -> contender -> {
                    Sample sample = drain.take(contender);
                    progress(cell, round, contender.label(), sample);
                    return sample;
                }));
    }

    private String steady(Cell cell) throws Exception {
        Steady steady = new Steady(server, broker, plan);
        return Report.steady(
                cell, plan.size(), Interleaved.take(plan.rounds(), cell.contenders(), round -> contender -> {
                    SteadySample sample = steady.take(contender, cell.rate());
                    progress(cell, round, contender.label(), sample.handled());
                    return sample;
                }));
    }

    private void progress(Cell cell, int round, String label, Sample sample) {
        String latencies = Double.isNaN(sample.p50())
                ? ""
                : String.format(Locale.ROOT, ", p50 %.1f ms, p99 %.1f ms", sample.p50(), sample.p99());
        System.out.printf(
                Locale.ROOT,
                "%s, round %d of %d: %s %,.0f/s, %.1f us CPU%s%n",
                cell.argument(),
                round,
                plan.rounds(),
                label,
                sample.perSecond(),
                sample.cpuMicros(),
                latencies);
    }
}
