package dev.dowel.benchmarks;

import dev.dowel.benchmarks.contenders.Book;
import dev.dowel.benchmarks.contenders.Contender;
import dev.dowel.benchmarks.contenders.Kind;
import dev.dowel.benchmarks.server.Canned;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What a get costs when the network costs nothing: the library alone. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 10, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
public class CannedGet {

    /** Who asks. */
    @Param({"RAW", "DOWEL", "DOWEL_MISS", "DOWEL_HIT", "DOWEL_HIT_SHARED", "RETROFIT", "FEIGN", "SPRING_OKHTTP"})
    public Kind kind = Kind.RAW;

    @SuppressWarnings("NullAway.Init") // By the method below.
    private Contender contender;

    /** Opens the contender. */
    @Setup
    public void open() {
        contender = kind.open(Canned.found(), Canned.BASE);
    }

    /** Closes the contender. */
    @TearDown
    public void close() {
        contender.close();
    }

    /** One book of about 380 bytes. */
    @Benchmark
    public Book get() {
        return contender.get(42);
    }
}
