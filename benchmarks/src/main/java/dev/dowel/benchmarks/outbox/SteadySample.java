package dev.dowel.benchmarks.outbox;

import dev.dowel.benchmarks.messaging.Sample;

/**
 * What one turn of storing at a rate came to.
 *
 * @param storedPerSecond how many events were stored
 * @param handled the handler's rate, and the latencies from the commit to the handler
 */
record SteadySample(double storedPerSecond, Sample handled) {

    /** Returns how much more was stored than handled. */
    double growthPerSecond() {
        return storedPerSecond - handled.perSecond();
    }
}
