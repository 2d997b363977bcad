package dev.dowel.benchmarks.messaging;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dowel.benchmarks.messaging.contenders.Contender;
import dev.dowel.benchmarks.messaging.contenders.Event;
import dev.dowel.benchmarks.messaging.contenders.Job;
import dev.dowel.benchmarks.messaging.contenders.Tally;
import dev.dowel.testservices.RabbitMq;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is counted is what the broker has, or had: else a rate is the rate of nothing. */
@SuppressWarnings("try") // What runs only needs to be closed.
class ContendersTest {

    private static final Event EVENT = Event.ofSize(200);
    private static final int BACKLOG = 2_000;

    /** The other cells have the same contenders and other numbers. */
    private static final Set<Cell> CELLS =
            EnumSet.of(Cell.E1, Cell.E2_100, Cell.E3, Cell.E4_50, Cell.E5_4, Cell.ENCODE);

    private static Broker broker;

    @BeforeAll
    static void connect() throws Exception {
        broker = Broker.connect(RabbitMq.shared().newVhost());
    }

    @AfterAll
    static void disconnect() {
        broker.close();
    }

    static Stream<Arguments> publishing() {
        return turns(Cell.Work.PUBLISH);
    }

    static Stream<Arguments> onSchedule() {
        return turns(Cell.Work.SCHEDULE);
    }

    static Stream<Arguments> consuming() {
        return turns(Cell.Work.CONSUME);
    }

    private static Stream<Arguments> turns(Cell.Work work) {
        return CELLS.stream()
                .filter(cell -> cell.work() == work)
                .flatMap(cell -> cell.contenders().stream().map(contender -> Arguments.of(cell, contender)));
    }

    @Test
    void what_holds_for_these_cells_holds_for_the_others() {
        assertThat(Cell.values())
                .allMatch(cell -> CELLS.stream()
                        .anyMatch(tested -> tested.work() == cell.work()
                                && tested.contenders().equals(cell.contenders())));
    }

    @ParameterizedTest
    @MethodSource("publishing")
    void what_is_counted_as_published_is_in_the_queue(Cell cell, Contender contender) throws Exception {
        publishes(contender, cell.number(), cell.window(), 0);
    }

    @ParameterizedTest
    @MethodSource("onSchedule")
    void what_is_published_on_schedule_is_in_the_queue_and_its_latency_known(Cell cell, Contender contender)
            throws Exception {
        Tally tally = publishes(contender, 1, cell.window(), 10_000);

        assertThat(tally.latencies()).hasSize((int) tally.count());
        assertThat(tally.latencies()[0]).isPositive();
    }

    private static Tally publishes(Contender contender, int threads, int window, double rate) throws Exception {
        String queue = broker.newQueue();
        Tally tally = new Tally();
        tally.recordLatencies();
        // More than one window, or nobody would notice that no place becomes free again.
        try (AutoCloseable running = contender.start(job(queue, threads, window, rate, tally));
                AutoCloseable enough = tally::end) {
            Measurement.awaitCount(tally, window + 50);
        }

        assertThat(broker.messages(queue)).isBetween(tally.count(), tally.count() + (long) window * threads);
        broker.delete(queue);
        return tally;
    }

    @ParameterizedTest
    @MethodSource("consuming")
    void what_is_counted_as_consumed_is_gone_from_the_queue(Cell cell, Contender contender) throws Exception {
        String queue = broker.newBacklog(BACKLOG, EVENT);
        assertThat(broker.messages(queue)).isEqualTo(BACKLOG);
        Tally tally = new Tally();
        try (AutoCloseable running = contender.start(job(queue, cell.number(), cell.window(), 0, tally));
                AutoCloseable enough = tally::end) {
            Measurement.awaitCount(tally, BACKLOG);
            assertThat(tally.count()).isEqualTo(BACKLOG);
        }

        // Acknowledgements that are on their way when their channel is closed may be lost, at most those of the
        // prefetch: another consumer that still runs gets these messages once more.
        assertThat(broker.messages(queue)).isLessThanOrEqualTo((long) cell.number() * cell.window());
        broker.delete(queue);
    }

    private static Job job(String queue, int threads, int window, double rate, Tally tally) {
        return new Job(broker.uri(), Broker.EXCHANGE, queue, EVENT, EVENT.json(), threads, window, rate, tally);
    }
}
