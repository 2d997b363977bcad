package dev.dowel.benchmarks;

import dev.dowel.benchmarks.contenders.Book;
import dev.dowel.benchmarks.contenders.Contender;
import dev.dowel.benchmarks.contenders.Kind;
import dev.dowel.benchmarks.server.ServerProcess;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import okhttp3.OkHttpClient;
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

/** Calls over one HTTP/1.1 connection that is kept alive, to a server in another process of this machine. */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 10, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
public class Loopback {

    /** Who asks. */
    @Param({
        "RAW",
        "DOWEL",
        "DOWEL_MISS",
        "RETROFIT",
        "FEIGN",
        "SPRING_OKHTTP",
        "SPRING_URL_CONNECTION",
        "SPRING_JDK_CLIENT"
    })
    public Kind kind = Kind.RAW;

    private final Book large = Book.large();

    @SuppressWarnings("NullAway.Init") // By the method below.
    private Contender contender;

    @SuppressWarnings("NullAway.Init") // By the method below.
    private ServerProcess server;

    /** Starts the server and opens the contender. */
    @Setup
    public void open() throws IOException {
        server = ServerProcess.start();
        contender = kind.open(new OkHttpClient(), server.base());
    }

    /** Closes the contender and kills the server. */
    @TearDown
    public void close() {
        contender.close();
        server.close();
    }

    /** One book of about 380 bytes. */
    @Benchmark
    public Book get() {
        return contender.get(42);
    }

    /** A hundred such books. */
    @Benchmark
    public List<Book> list() {
        return contender.list();
    }

    /** One book of 1 KB, sent and received. */
    @Benchmark
    public Book create() {
        return contender.create(large);
    }
}
