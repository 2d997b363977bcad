package dev.dowel.benchmarks.messaging;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * How much is measured.
 *
 * @param cells what
 * @param sizes how many bytes a body has, one after the other
 * @param rounds how many times each contender takes its turn
 * @param warmUp what is not counted at the beginning of a turn
 * @param measured what is counted
 * @param settle how long the broker is left alone before a turn
 * @param backlog how many messages there are to consume
 * @param tmpfs whether the broker's data is in memory
 */
record Plan(
        List<Cell> cells,
        List<Integer> sizes,
        int rounds,
        Duration warmUp,
        Duration measured,
        Duration settle,
        int backlog,
        boolean tmpfs) {

    /** Reads {@code [--quick] [--tmpfs] [--rounds N] [--seconds N] [--warm-up N] [--size N] [--backlog N] [cell...]}. */
    static Plan of(List<String> arguments) {
        boolean quick = arguments.contains("--quick");
        int rounds = quick ? 1 : 7;
        int seconds = quick ? 1 : 10;
        int warmUp = quick ? 1 : 5;
        int backlog = quick ? 5_000 : 200_000;
        boolean tmpfs = false;
        List<Integer> sizes = new ArrayList<>();
        List<Cell> cells = new ArrayList<>();
        for (int i = 0; i < arguments.size(); i++) {
            switch (arguments.get(i)) {
                case "--quick" -> {}
                case "--tmpfs" -> tmpfs = true;
                case "--rounds" -> rounds = number(arguments, ++i);
                case "--seconds" -> seconds = number(arguments, ++i);
                case "--warm-up" -> warmUp = number(arguments, ++i);
                case "--size" -> sizes.add(number(arguments, ++i));
                case "--backlog" -> backlog = number(arguments, ++i);
                default -> cells.addAll(Cell.named(arguments.get(i)));
            }
        }
        if (sizes.isEmpty()) {
            sizes.addAll(quick ? List.of(200) : List.of(200, 1_024));
        }
        return new Plan(
                cells.isEmpty() ? List.of(Cell.values()) : cells,
                sizes,
                rounds,
                Duration.ofSeconds(warmUp),
                Duration.ofSeconds(seconds),
                Duration.ofSeconds(1),
                backlog,
                tmpfs);
    }

    private static int number(List<String> arguments, int index) {
        if (index >= arguments.size()) {
            throw new IllegalArgumentException(arguments.get(index - 1) + " needs a number");
        }
        return Integer.parseInt(arguments.get(index));
    }
}
