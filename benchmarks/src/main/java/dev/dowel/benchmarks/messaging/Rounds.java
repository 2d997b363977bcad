package dev.dowel.benchmarks.messaging;

import dev.dowel.benchmarks.Interleaved;
import dev.dowel.benchmarks.messaging.contenders.Contender;
import dev.dowel.benchmarks.messaging.contenders.Event;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Lets the contenders of a cell take their turns. */
final class Rounds {

    private final Broker broker;
    private final Plan plan;
    private final Consumer<String> progress;

    Rounds(Broker broker, Plan plan, Consumer<String> progress) {
        this.broker = broker;
        this.plan = plan;
        this.progress = progress;
    }

    /** Returns the samples of each contender, one of each round. */
    Map<Contender, List<Sample>> of(Cell cell, int size) throws Exception {
        Turn turn = new Turn(broker, plan, Event.ofSize(size));
        return Interleaved.take(plan.rounds(), cell.contenders(), round -> {
            double rate = cell.work() == Cell.Work.SCHEDULE ? capacity(turn, cell) * cell.number() / 100 : 0;
            return contender -> {
                Sample sample = switch (cell.work()) {
                    case PUBLISH -> turn.publish(contender, cell.number(), cell.window());
                    case SCHEDULE -> turn.publishAt(contender, rate, cell.window());
                    case CONSUME -> turn.consume(contender, cell.number(), cell.window());
                };
                progress.accept(String.format(
                        "%s, %d B, round %d of %d: %s %,.0f/s, %.1f us CPU",
                        cell.argument(),
                        size,
                        round,
                        plan.rounds(),
                        contender.label(),
                        sample.perSecond(),
                        sample.cpuMicros()));
                return sample;
            };
        });
    }

    /** What is possible changes on a shared machine, so it is measured before each round. */
    private static double capacity(Turn turn, Cell cell) throws Exception {
        return turn.publish(Contender.RAW_WINDOW, 1, cell.window()).perSecond();
    }
}
