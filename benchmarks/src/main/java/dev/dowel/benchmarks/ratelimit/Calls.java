package dev.dowel.benchmarks.ratelimit;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What it costs to count a call. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
public class Calls {
    private static final int CLIENTS = 16_384;
    private static final long PLENTY = 1_000_000_000;

    /** Who counts. */
    @Param
    public Kind kind = Kind.DOWEL;

    private final String[] addresses = Addresses.of(CLIENTS);
    private Contender generous = address -> true;
    private Contender strict = address -> true;
    private int next;

    /** Makes all clients known, and uses up the strict one's calls. */
    @Setup
    public void open() {
        generous = kind.open(PLENTY, 2 * CLIENTS);
        strict = kind.open(1, 2 * CLIENTS);
        for (String address : addresses) {
            generous.passes(address);
            strict.passes(address);
        }
    }

    /** Ends what runs by itself. */
    @TearDown
    public void close() {
        generous.close();
        strict.close();
    }

    private String next() {
        next = next + 1 & CLIENTS - 1;
        return addresses[next];
    }

    /** The same client all the time. */
    @Benchmark
    public boolean one_client_passes() {
        return generous.passes(addresses[0]);
    }

    /** One client after the other, so that memory has to be fetched. */
    @Benchmark
    public boolean each_of_16384_clients_passes() {
        return generous.passes(next());
    }

    /** The same client all the time, which has no calls left. */
    @Benchmark
    public boolean one_client_is_refused() {
        return strict.passes(addresses[0]);
    }
}
