package dev.dowel.benchmarks.ratelimit;

import dev.dowel.benchmarks.Table;
import java.util.ArrayList;
import java.util.List;

/** Clients that have used up their calls go on in turns, more of them than there is room for. */
final class Flood {
    private static final int LIMIT = 10;
    private static final int FIRST_ROUNDS = 20;
    private static final List<Integer> PERCENT = List.of(110, 200, 500);

    private Flood() {}

    static String table(int room, int rounds) {
        Table table = new Table(
                "Cyclic flood, room for " + room + " clients: % of calls beyond the limit that pass",
                List.of("", "1.1 times as many", "2 times as many", "5 times as many"));
        for (Kind kind : Kind.values()) {
            List<Object> cells = new ArrayList<>(List.of(kind.label()));
            for (int percent : PERCENT) {
                cells.add(slipped(kind, room, room * percent / 100, rounds));
            }
            table.row(cells);
        }
        return table.toString();
    }

    static double slipped(Kind kind, int room, int clients, int rounds) {
        String[] addresses = Addresses.of(clients);
        try (Contender contender = kind.open(LIMIT, room)) {
            round(contender, addresses, FIRST_ROUNDS);
            return 100.0 * round(contender, addresses, rounds) / ((long) clients * rounds);
        }
    }

    private static long round(Contender contender, String[] addresses, int rounds) {
        long passed = 0;
        for (int i = 0; i < rounds; i++) {
            for (String address : addresses) {
                passed += contender.passes(address) ? 1 : 0;
            }
        }
        return passed;
    }
}
