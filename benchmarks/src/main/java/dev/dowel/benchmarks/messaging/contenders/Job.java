package dev.dowel.benchmarks.messaging.contenders;

import java.net.URI;

/**
 * What a contender is to do.
 *
 * @param uri where the broker is
 * @param exchange a topic exchange
 * @param queue a quorum queue bound to it
 * @param event what to publish
 * @param body the same, encoded
 * @param threads how many callers publish, or how many consumers there are
 * @param window how many messages may be unconfirmed, or how many each consumer gets ahead
 * @param rate how many messages a second to publish; 0 for as many as possible
 * @param tally what counts them
 */
@SuppressWarnings("ArrayRecordComponent") // Shared by all contenders, changed by none.
public record Job(
        URI uri,
        String exchange,
        String queue,
        Event event,
        byte[] body,
        int threads,
        int window,
        double rate,
        Tally tally) {

    /** What all are published with. */
    public static final String ROUTING_KEY = "bench.event.1.0.0";
}
