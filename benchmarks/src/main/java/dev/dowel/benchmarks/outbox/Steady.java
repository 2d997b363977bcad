package dev.dowel.benchmarks.outbox;

import dev.dowel.benchmarks.messaging.Broker;
import dev.dowel.benchmarks.messaging.Measurement;
import dev.dowel.benchmarks.outbox.contenders.Contender;
import dev.dowel.testservices.PostgreSql;
import java.time.Duration;

/** Events are stored at a rate while others are published and handled: one contender in one round. */
final class Steady {

    /** How much later than planned a turn may end. */
    private static final Duration SPARE = Duration.ofMinutes(1);

    private final PostgreSql server;
    private final Broker broker;
    private final Plan plan;

    Steady(PostgreSql server, Broker broker, Plan plan) {
        this.server = server;
        this.broker = broker;
        this.plan = plan;
    }

    SteadySample take(Contender contender, int rate) throws Exception {
        int most = (int) (rate * plan.warmUp().plus(plan.measured()).plus(SPARE).toSeconds());
        try (Place place = new Place(server, broker);
                Flow flow = new Flow(place, contender, plan.size(), rate, most)) {
            Measurement.let(flow.stored(), plan.warmUp());
            flow.handled().recordLatencies();
            Measurement storing = Measurement.begin(flow.stored());
            Measurement handling = Measurement.begin(flow.handled());
            Measurement.let(flow.stored(), plan.measured());
            SteadySample sample = new SteadySample(storing.end().perSecond(), handling.end());
            flow.check();
            return sample;
        }
    }
}
