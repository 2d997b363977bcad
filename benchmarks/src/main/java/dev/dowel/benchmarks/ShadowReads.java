package dev.dowel.benchmarks;

import dev.dowel.benchmarks.contenders.Book;
import dev.dowel.benchmarks.server.ServerProcess;
import dev.dowel.remotemodel.IdCodec;
import dev.dowel.remotemodel.InMemoryRepository;
import dev.dowel.remotemodel.MigratingRepository;
import dev.dowel.remotemodel.MigrationListener;
import dev.dowel.remotemodel.MigrationPlan;
import dev.dowel.remotemodel.RemoteModel;
import dev.dowel.remotemodel.RemoteService;
import dev.dowel.remotemodel.Repository;
import java.io.IOException;
import java.net.URI;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What a caller waits for a read of the local side when some or all reads are compared with the remote side. */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 10, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
public class ShadowReads {

    private static final long BETWEEN_CALLS = 500_000;

    /** How many of a hundred reads are compared. */
    @Param({"0", "5", "100"})
    public int share;

    private int reads;

    @SuppressWarnings("NullAway.Init") // By the method below.
    private ServerProcess server;

    @SuppressWarnings("NullAway.Init") // By the method below.
    private RemoteService service;

    @SuppressWarnings("NullAway.Init") // By the method below.
    private MigratingRepository<Book, Long> books;

    /** Starts the server and fills the local side with the book that the server has. */
    @Setup
    public void open() throws IOException {
        server = ServerProcess.start();
        service = RemoteService.builder("books", URI.create(server.base())).build();
        RemoteModel<Book, Long> remote =
                service.model("books", Book.class, IdCodec.LONG).id(Book::id).build();
        Repository<Book, Long> local =
                InMemoryRepository.builder(Book.class, IdCodec.LONG, Book::id).build();
        local.create(remote.get(42L));
        books = MigratingRepository.builder("books", local, remote, IdCodec.LONG)
                .plan(() -> reads++ % 100 < share ? MigrationPlan.shadow() : MigrationPlan.local())
                .listener(new MigrationListener() {})
                .build();
    }

    /** A caller has other things to do: without a pause this would measure how two processors are fought for. */
    @Setup(Level.Invocation)
    public void pause() {
        LockSupport.parkNanos(BETWEEN_CALLS);
    }

    /** Ends the shadows, then the server. */
    @TearDown
    public void close() {
        books.close();
        service.close();
        server.close();
    }

    /** A read that the local side answers. */
    @Benchmark
    public Book get() {
        return books.get(42L);
    }
}
