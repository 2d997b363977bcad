package dev.dowel.benchmarks.outbox;

import dev.dowel.benchmarks.outbox.contenders.Contender;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * How much is measured.
 *
 * @param cells what
 * @param size how many bytes a body has
 * @param rounds how many times each contender takes its turn
 * @param rows how many rows are drained
 * @param warmUp what is not counted at the beginning of a turn of E8
 * @param measured what is counted of it
 * @param settle how long all is left alone before a drain
 * @param tmpfs whether the broker's data is in memory
 */
record Plan(
        List<Cell> cells,
        int size,
        int rounds,
        int rows,
        Duration warmUp,
        Duration measured,
        Duration settle,
        boolean tmpfs) {

    /** A contender that waits for each confirm drains fewer rows: it would take minutes, and its rate is the same. */
    private static final int SLOW_PARTS = 10;

    /** Reads {@code [--quick] [--tmpfs] [--rounds N] [--rows N] [--seconds N] [--warm-up N] [--size N] [cell...]}. */
    static Plan of(List<String> arguments) {
        boolean quick = arguments.contains("--quick");
        int rounds = quick ? 1 : 7;
        int rows = quick ? 5_000 : 200_000;
        int seconds = quick ? 2 : 120;
        int warmUp = quick ? 1 : 10;
        int size = 200;
        boolean tmpfs = false;
        List<Cell> cells = new ArrayList<>();
        for (int i = 0; i < arguments.size(); i++) {
            switch (arguments.get(i)) {
                case "--quick" -> {}
                case "--tmpfs" -> tmpfs = true;
                case "--rounds" -> rounds = number(arguments, ++i);
                case "--rows" -> rows = number(arguments, ++i);
                case "--seconds" -> seconds = number(arguments, ++i);
                case "--warm-up" -> warmUp = number(arguments, ++i);
                case "--size" -> size = number(arguments, ++i);
                default -> cells.addAll(Cell.named(arguments.get(i)));
            }
        }
        return new Plan(
                cells.isEmpty() ? List.of(Cell.values()) : cells,
                size,
                rounds,
                rows,
                Duration.ofSeconds(warmUp),
                Duration.ofSeconds(seconds),
                Duration.ofSeconds(1),
                tmpfs);
    }

    private static int number(List<String> arguments, int index) {
        if (index >= arguments.size()) {
            throw new IllegalArgumentException(arguments.get(index - 1) + " needs a number");
        }
        return Integer.parseInt(arguments.get(index));
    }

    /** How many rows a contender drains. */
    int rows(Contender contender) {
        return contender == Contender.GRUELBOX ? rows / SLOW_PARTS : rows;
    }
}
