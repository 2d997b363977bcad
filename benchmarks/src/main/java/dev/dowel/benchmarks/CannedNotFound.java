package dev.dowel.benchmarks;

import dev.dowel.benchmarks.contenders.Book;
import dev.dowel.benchmarks.contenders.Contender;
import dev.dowel.benchmarks.contenders.Kind;
import dev.dowel.benchmarks.server.Canned;
import java.util.Optional;
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

/** What it costs to be told that there is no such book: as an Optional, and as what each library throws. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 10, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
public class CannedNotFound {

    /** Who asks. */
    @Param({"RAW", "DOWEL", "RETROFIT", "FEIGN", "SPRING_OKHTTP"})
    public Kind kind = Kind.RAW;

    @SuppressWarnings("NullAway.Init") // By the method below.
    private Contender contender;

    /** Opens the contender. */
    @Setup
    public void open() {
        contender = kind.open(Canned.notFound(), Canned.BASE);
    }

    /** Closes the contender. */
    @TearDown
    public void close() {
        contender.close();
    }

    /** The answer is a value. */
    @Benchmark
    public Optional<Book> as_optional() {
        return contender.find(42);
    }

    /** The answer is an exception. */
    @Benchmark
    public Object as_exception() {
        try {
            return contender.get(42);
        } catch (RuntimeException absent) {
            return absent;
        }
    }
}
