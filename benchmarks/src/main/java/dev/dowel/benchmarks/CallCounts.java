package dev.dowel.benchmarks;

import dev.dowel.benchmarks.contenders.Contender;
import dev.dowel.benchmarks.contenders.Kind;
import dev.dowel.benchmarks.server.ServerProcess;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import okhttp3.OkHttpClient;

/** How many calls of one inbound request arrive at the other service. The calls are exact, the times inform. */
final class CallCounts {

    static final List<Kind> KINDS = List.of(Kind.RAW, Kind.DOWEL, Kind.RETROFIT, Kind.FEIGN, Kind.SPRING_OKHTTP);

    private CallCounts() {}

    static String tables(boolean quick) throws IOException {
        StringBuilder tables = new StringBuilder();
        try (ServerProcess server = ServerProcess.start()) {
            for (InOneRequest work : InOneRequest.values()) {
                tables.append(table(work, server, quick));
            }
        }
        return tables.toString();
    }

    private static Table table(InOneRequest work, ServerProcess server, boolean quick) throws IOException {
        List<Row> rows = new ArrayList<>();
        for (Kind kind : KINDS) {
            try (Contender contender = kind.open(new OkHttpClient(), server.base())) {
                long calls = calls(work, contender, server);
                double[] micros = micros(work, contender, quick);
                rows.add(new Row(kind, calls, micros[micros.length / 2], micros[micros.length * 99 / 100]));
            }
        }
        double raw = Table.least(rows, row -> row.kind() == Kind.RAW, Row::p50);
        double peer = Table.least(rows, row -> row.kind().isPeer(), Row::p50);
        Table table = new Table(
                "In one request: " + work.label(),
                List.of("", "calls", "us p50", "us p99", "time : raw", "time : best peer"));
        for (Row row : rows) {
            String label =
                    row.kind() == Kind.DOWEL ? "remote-model" : row.kind().label();
            table.row(List.of(label, row.calls(), row.p50(), row.p99(), row.p50() / raw, row.p50() / peer));
        }
        return table;
    }

    static long calls(InOneRequest work, Contender contender, ServerProcess server) throws IOException {
        server.requests();
        run(work, contender);
        return server.requests();
    }

    private static double[] micros(InOneRequest work, Contender contender, boolean quick) {
        int rounds = quick ? 5 : 300;
        for (int i = 0; i < 2 * rounds; i++) {
            run(work, contender);
        }
        double[] micros = new double[rounds];
        for (int i = 0; i < rounds; i++) {
            long start = System.nanoTime();
            run(work, contender);
            micros[i] = (System.nanoTime() - start) / 1e3;
        }
        Arrays.sort(micros);
        return micros;
    }

    private static void run(InOneRequest work, Contender contender) {
        try (Contender request = contender.inRequest()) {
            work.run(request);
        }
    }

    private record Row(Kind kind, long calls, double p50, double p99) {}
}
