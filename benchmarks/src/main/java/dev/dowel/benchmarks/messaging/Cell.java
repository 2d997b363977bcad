package dev.dowel.benchmarks.messaging;

import static dev.dowel.benchmarks.messaging.contenders.Contender.DOWEL_ENCODING;
import static dev.dowel.benchmarks.messaging.contenders.Contender.DOWEL_FUTURES;
import static dev.dowel.benchmarks.messaging.contenders.Contender.DOWEL_SUBSCRIPTION;
import static dev.dowel.benchmarks.messaging.contenders.Contender.DOWEL_WAIT;
import static dev.dowel.benchmarks.messaging.contenders.Contender.PERF_TEST;
import static dev.dowel.benchmarks.messaging.contenders.Contender.PERF_TEST_CONSUMER;
import static dev.dowel.benchmarks.messaging.contenders.Contender.RAW_CONSUMER;
import static dev.dowel.benchmarks.messaging.contenders.Contender.RAW_ENCODING;
import static dev.dowel.benchmarks.messaging.contenders.Contender.RAW_WAIT;
import static dev.dowel.benchmarks.messaging.contenders.Contender.RAW_WINDOW;
import static dev.dowel.benchmarks.messaging.contenders.Contender.RAW_WINDOW_PROPERTIES;
import static dev.dowel.benchmarks.messaging.contenders.Contender.SPRING_DIRECT;
import static dev.dowel.benchmarks.messaging.contenders.Contender.SPRING_ENCODING;
import static dev.dowel.benchmarks.messaging.contenders.Contender.SPRING_FUTURES;
import static dev.dowel.benchmarks.messaging.contenders.Contender.SPRING_FUTURES_WIDE;
import static dev.dowel.benchmarks.messaging.contenders.Contender.SPRING_INVOKE;
import static dev.dowel.benchmarks.messaging.contenders.Contender.SPRING_SIMPLE;
import static dev.dowel.benchmarks.messaging.contenders.Contender.SPRING_WAIT;

import dev.dowel.benchmarks.messaging.contenders.Contender;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What is measured: who takes part, in what, and what ours is to reach. The first is ours, the second the bare client. */
enum Cell {
    /** A caller that waits. */
    E1(
            "one thread waits for each confirm",
            Work.PUBLISH,
            1,
            1,
            List.of(DOWEL_WAIT, RAW_WAIT, SPRING_WAIT, PERF_TEST),
            List.of(new Target(RAW_WAIT, 0.95))),
    /** A caller that goes on, a little. */
    E2_100(
            "one thread, 100 unconfirmed",
            Work.PUBLISH,
            1,
            100,
            Cell.windowed(),
            List.of(new Target(RAW_WINDOW, 0.9), new Target(SPRING_FUTURES, 3), new Target(SPRING_FUTURES_WIDE, 3))),
    /** A caller that goes on. */
    E2_1000(
            "one thread, 1000 unconfirmed",
            Work.PUBLISH,
            1,
            1_000,
            Cell.windowed(),
            List.of(new Target(RAW_WINDOW, 0.9), new Target(SPRING_FUTURES, 3), new Target(SPRING_FUTURES_WIDE, 3))),
    /** The threads of a web server, say. */
    E3(
            "16 threads, each waits for each confirm",
            Work.PUBLISH,
            16,
            1,
            List.of(DOWEL_WAIT, RAW_WAIT, SPRING_WAIT, PERF_TEST),
            List.of(new Target(SPRING_WAIT, 2))),
    /** Latency at half of what is possible. */
    E4_50("latency of confirms at 50 % of capacity", Work.SCHEDULE, 50, 1_000, Cell.scheduled(), List.of()),
    /** Latency at most of what is possible. */
    E4_80("latency of confirms at 80 % of capacity", Work.SCHEDULE, 80, 1_000, Cell.scheduled(), List.of()),
    /** One consumer. */
    E5_1("1 consumer, prefetch 250", Work.CONSUME, 1, 250, Cell.consuming(), Cell.consumingTargets()),
    /** Several consumers. */
    E5_4("4 consumers, prefetch 250", Work.CONSUME, 4, 250, Cell.consuming(), Cell.consumingTargets()),
    /** With what makes the body. */
    ENCODE(
            "one thread, 1000 unconfirmed, encoding JSON",
            Work.PUBLISH,
            1,
            1_000,
            List.of(DOWEL_ENCODING, RAW_ENCODING, SPRING_ENCODING),
            List.of());

    /** What a contender does. */
    enum Work {
        /** As many as it can. */
        PUBLISH,
        /** At a rate, which is the cell's number in percent of what the bare client can. */
        SCHEDULE,
        /** A backlog. */
        CONSUME
    }

    /** What ours is to reach, as a multiple of somebody else's rate. */
    record Target(Contender other, double least) {}

    private final String what;
    private final Work work;
    private final int number;
    private final int window;

    @SuppressWarnings("ImmutableEnumChecker") // List.of
    private final List<Contender> contenders;

    @SuppressWarnings("ImmutableEnumChecker") // List.of
    private final List<Target> targets;

    Cell(String what, Work work, int number, int window, List<Contender> contenders, List<Target> targets) {
        this.what = what;
        this.work = work;
        this.number = number;
        this.window = window;
        this.contenders = contenders;
        this.targets = targets;
    }

    private static List<Contender> windowed() {
        return List.of(
                DOWEL_FUTURES,
                RAW_WINDOW,
                RAW_WINDOW_PROPERTIES,
                SPRING_FUTURES,
                SPRING_FUTURES_WIDE,
                SPRING_INVOKE,
                PERF_TEST);
    }

    private static List<Contender> scheduled() {
        return List.of(DOWEL_FUTURES, RAW_WINDOW, PERF_TEST);
    }

    private static List<Contender> consuming() {
        return List.of(DOWEL_SUBSCRIPTION, RAW_CONSUMER, SPRING_SIMPLE, SPRING_DIRECT, PERF_TEST_CONSUMER);
    }

    private static List<Target> consumingTargets() {
        return List.of(new Target(RAW_CONSUMER, 0.9), new Target(SPRING_DIRECT, 1));
    }

    String title() {
        return argument().toUpperCase(Locale.ROOT) + ": " + what;
    }

    Work work() {
        return work;
    }

    /** How many threads publish, how many consumers there are, or the percentage of {@link Work#SCHEDULE}. */
    int number() {
        return number;
    }

    int window() {
        return window;
    }

    List<Contender> contenders() {
        return contenders;
    }

    List<Target> targets() {
        return targets;
    }

    String argument() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Returns the cell of this name, or those of which it is the beginning: {@code e2} is {@code e2-100, e2-1000}. */
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
