package dev.dowel.benchmarks;

import dev.dowel.remotemodel.HeaderPolicy;
import dev.dowel.remotemodel.RequestContext;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

/** What it costs to take from an inbound request the headers that may be passed on, once per request. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 10, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
public class InboundHeaders {

    private static final HeaderPolicy POLICY = HeaderPolicy.tracing().allow("x-tenant", "x-header-1", "x-header-2");

    /** How many headers the request has; of ten and more, four are allowed. */
    @Param({"0", "10", "40"})
    public int headers;

    private final Map<String, List<String>> inbound = new HashMap<>();

    /** Makes the headers. */
    @Setup
    public void fill() {
        if (headers > 0) {
            inbound.put("traceparent", List.of("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"));
            inbound.put("X-Tenant", List.of("one"));
        }
        for (int i = 1; inbound.size() < headers; i++) {
            inbound.put("X-Header-" + i, List.of("value " + i));
        }
    }

    /** Makes a context, without a call. */
    @Benchmark
    public RequestContext snapshot() {
        return RequestContext.of(inbound, POLICY);
    }
}
