package dev.dowel.benchmarks.messaging;

/**
 * What one turn of one contender came to.
 *
 * @param perSecond messages confirmed or handled
 * @param cpuMicros processor time of this process for each of them, the compiler's and the collector's included
 * @param p50 median latency in milliseconds, not a number when none was taken
 * @param p99 the latency that one of a hundred exceeds
 * @param p999 the latency that one of a thousand exceeds
 */
public record Sample(double perSecond, double cpuMicros, double p50, double p99, double p999) {

    private static final double NANOS_PER_MILLI = 1e6;

    static Sample of(long messages, long nanos, long cpuNanos, long[] latencies) {
        return new Sample(
                messages * 1e9 / nanos,
                cpuNanos / 1e3 / messages,
                percentile(latencies, 0.5),
                percentile(latencies, 0.99),
                percentile(latencies, 0.999));
    }

    private static double percentile(long[] sorted, double share) {
        return sorted.length == 0 ? Double.NaN : sorted[(int) (sorted.length * share)] / NANOS_PER_MILLI;
    }
}
