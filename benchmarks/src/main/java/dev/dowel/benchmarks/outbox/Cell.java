package dev.dowel.benchmarks.outbox;

import static dev.dowel.benchmarks.outbox.contenders.Contender.DOWEL;
import static dev.dowel.benchmarks.outbox.contenders.Contender.DOWEL_TWO;
import static dev.dowel.benchmarks.outbox.contenders.Contender.GRUELBOX;
import static dev.dowel.benchmarks.outbox.contenders.Contender.HAND;
import static dev.dowel.benchmarks.outbox.contenders.Contender.RAW;
import static dev.dowel.benchmarks.outbox.contenders.Contender.SPRING;

import dev.dowel.benchmarks.outbox.contenders.Contender;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What is measured, and who takes part. The first is ours. */
enum Cell {
    /** How fast a backlog goes. */
    E7("rows stored before are published", 0, List.of(DOWEL, DOWEL_TWO, RAW, HAND, GRUELBOX, SPRING)),
    /** A rate that all should hold. */
    E8_1000("1,000 events/s stored, published and handled", 1_000, List.of(DOWEL, HAND, GRUELBOX, SPRING)),
    /** A rate for a busy service. */
    E8_2500("2,500 events/s stored, published and handled", 2_500, List.of(DOWEL, HAND, GRUELBOX, SPRING)),
    /** A rate that ours is to hold. */
    E8_5000("5,000 events/s stored, published and handled", 5_000, List.of(DOWEL, HAND, GRUELBOX, SPRING));

    private final String what;
    private final int rate;

    @SuppressWarnings("ImmutableEnumChecker") // List.of
    private final List<Contender> contenders;

    Cell(String what, int rate, List<Contender> contenders) {
        this.what = what;
        this.rate = rate;
        this.contenders = contenders;
    }

    String title() {
        return argument().toUpperCase(Locale.ROOT) + ": " + what;
    }

    /** How many events a second are stored; 0 where they were stored before. */
    int rate() {
        return rate;
    }

    List<Contender> contenders() {
        return contenders;
    }

    String argument() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Returns the cell of this name, or those of which it is the beginning: {@code e8} is all of E8. */
    static List<Cell> named(String argument) {
        List<Cell> named = Arrays.stream(values())
                .filter(cell ->
                        cell.argument().equals(argument) || cell.argument().startsWith(argument + "-"))
                .toList();
        if (named.isEmpty()) {
            throw new IllegalArgumentException("no cell " + argument + "; there are "
                    + Arrays.stream(values()).map(Cell::argument).toList());
        }
        return named;
    }
}
