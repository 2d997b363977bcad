package dev.dowel.benchmarks.messaging;

import dev.dowel.benchmarks.messaging.contenders.Contender;
import dev.dowel.benchmarks.messaging.contenders.Event;
import dev.dowel.benchmarks.messaging.contenders.Job;
import dev.dowel.benchmarks.messaging.contenders.Tally;

/** One contender in one round, on a queue of its own. */
@SuppressWarnings("try") // What runs only needs to be closed.
final class Turn {

    /** The first part of a backlog warms up and is not counted. */
    private static final int WARM_UP_PARTS = 5;

    private final Broker broker;
    private final Plan plan;
    private final Event event;

    Turn(Broker broker, Plan plan, Event event) {
        this.broker = broker;
        this.plan = plan;
        this.event = event;
    }

    /** Publishes as many as it can. */
    Sample publish(Contender contender, int threads, int window) throws Exception {
        return publish(contender, threads, window, 0);
    }

    /** Publishes on one thread at a rate, and takes the latency of each. */
    Sample publishAt(Contender contender, double rate, int window) throws Exception {
        return publish(contender, 1, window, rate);
    }

    private Sample publish(Contender contender, int threads, int window, double rate) throws Exception {
        String queue = broker.newQueue();
        Tally tally = new Tally();
        try {
            Measurement.let(tally, plan.settle());
            try (AutoCloseable running = contender.start(job(queue, threads, window, rate, tally));
                    AutoCloseable enough = tally::end) {
                Measurement.let(tally, plan.warmUp());
                if (rate > 0) {
                    tally.recordLatencies();
                }
                Measurement begun = Measurement.begin(tally);
                Measurement.let(tally, plan.measured());
                return begun.end();
            }
        } finally {
            broker.delete(queue);
        }
    }

    /** Consumes a backlog. */
    Sample consume(Contender contender, int consumers, int prefetch) throws Exception {
        String queue = broker.newBacklog(plan.backlog(), event);
        Tally tally = new Tally();
        try {
            Measurement.let(tally, plan.settle());
            try (AutoCloseable running = contender.start(job(queue, consumers, prefetch, 0, tally));
                    AutoCloseable enough = tally::end) {
                Measurement.awaitCount(tally, plan.backlog() / WARM_UP_PARTS);
                Measurement begun = Measurement.begin(tally);
                Measurement.awaitCount(tally, plan.backlog());
                return begun.end();
            }
        } finally {
            broker.delete(queue);
        }
    }

    private Job job(String queue, int threads, int window, double rate, Tally tally) {
        return new Job(broker.uri(), Broker.EXCHANGE, queue, event, event.json(), threads, window, rate, tally);
    }
}
