package dev.dowel.benchmarks.outbox;

import dev.dowel.benchmarks.messaging.Broker;
import dev.dowel.benchmarks.messaging.Measurement;
import dev.dowel.benchmarks.messaging.Sample;
import dev.dowel.benchmarks.messaging.contenders.Tally;
import dev.dowel.benchmarks.outbox.contenders.Contender;
import dev.dowel.benchmarks.outbox.contenders.Relaying;
import dev.dowel.testservices.PostgreSql;

/** Rows that were stored before are published: one contender in one round. */
final class Drain {

    /** The first part warms up and is not counted: connections, plans, the first look. */
    private static final int WARM_UP_PARTS = 5;

    /** How many rows are stored in one transaction. */
    private static final int STORED_AT_ONCE = 500;

    private final PostgreSql server;
    private final Broker broker;
    private final Plan plan;

    Drain(PostgreSql server, Broker broker, Plan plan) {
        this.server = server;
        this.broker = broker;
        this.plan = plan;
    }

    Sample take(Contender contender) throws Exception {
        int rows = plan.rows(contender);
        Tally tally = new Tally();
        try (Place place = new Place(server, broker);
                Relaying relaying = contender.open(place.setting(plan.size(), tally))) {
            fill(relaying, rows, plan.size());
            place.analyze();
            Measurement.let(tally, plan.settle());
            relaying.start();
            Measurement.awaitCount(tally, rows / WARM_UP_PARTS);
            Measurement begun = Measurement.begin(tally);
            Measurement.awaitCount(tally, rows);
            Sample sample = begun.end();
            tally.end();
            return sample;
        }
    }

    static void fill(Relaying relaying, int rows, int size) throws Exception {
        for (int first = 0; first < rows; first += STORED_AT_ONCE) {
            relaying.store(NumberedBody.of(first, Math.min(STORED_AT_ONCE, rows - first), size), () -> {});
        }
    }
}
