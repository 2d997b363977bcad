package dev.dowel.benchmarks.ratelimit;

import dev.dowel.benchmarks.Table;
import java.util.List;

/** What the heap holds for each client, without the text of its address. */
final class Memory {
    private Memory() {}

    static String table(int clients) {
        String[] addresses = Addresses.of(clients);
        Table table = new Table("Heap for each of " + clients + " clients", List.of("", "B per client"));
        for (Kind kind : Kind.values()) {
            table.row(List.of(kind.label(), (double) bytes(kind, addresses) / clients));
        }
        return table.toString();
    }

    private static long bytes(Kind kind, String[] addresses) {
        try (Contender first = kind.open(1, 1)) {
            first.passes(addresses[0]);
        }
        long before = used();
        try (Contender contender = kind.open(10, addresses.length)) {
            for (String address : addresses) {
                contender.passes(address);
            }
            return used() - before;
        }
    }

    /** Of several collections the least. */
    private static long used() {
        Runtime runtime = Runtime.getRuntime();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            System.gc();
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        return least;
    }
}
