package dev.dowel.benchmarks.authtoken;

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
import org.openjdk.jmh.annotations.Warmup;

/** What it costs to find out who calls, and to answer whoever may not. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
public class Authenticate {

    /** What is sent. */
    @Param({"ACCEPTED", "WRONG_SECRET", "UNKNOWN_CLIENT", "MALFORMED", "GARBAGE_100", "GARBAGE_2000", "GARBAGE_8000"})
    public Call call = Call.ACCEPTED;

    /** Who is asked. */
    @Param({"DOWEL", "SPRING", "TOMCAT"})
    public Guard guard = Guard.DOWEL;

    @SuppressWarnings("NullAway.Init") // By the method below.
    private Gate gate;

    /** Makes the gate. */
    @Setup
    public void open() {
        gate = guard.open(call);
    }

    /** One call. */
    @Benchmark
    public boolean one_call() throws Exception {
        return gate.admits();
    }
}
