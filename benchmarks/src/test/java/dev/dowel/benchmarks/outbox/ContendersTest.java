package dev.dowel.benchmarks.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dowel.benchmarks.messaging.Broker;
import dev.dowel.benchmarks.messaging.Measurement;
import dev.dowel.benchmarks.messaging.contenders.Tally;
import dev.dowel.benchmarks.outbox.contenders.Contender;
import dev.dowel.benchmarks.outbox.contenders.Relaying;
import dev.dowel.testservices.PostgreSql;
import dev.dowel.testservices.RabbitMq;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is counted is what the broker has, or had: else a rate is the rate of nothing. */
class ContendersTest {

    /** More than one batch. */
    private static final int ROWS = 700;

    private static final int SIZE = 200;

    private static Broker broker;

    @BeforeAll
    static void connect() throws Exception {
        broker = Broker.connect(RabbitMq.shared().newVhost());
    }

    @AfterAll
    static void disconnect() {
        broker.close();
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "RAW")
    void what_is_counted_as_published_is_in_the_queue_and_every_row_of_it(Contender contender) throws Exception {
        Tally tally = new Tally();
        try (Place place = new Place(PostgreSql.shared(), broker)) {
            try (Relaying relaying = contender.open(place.setting(SIZE, tally))) {
                Drain.fill(relaying, ROWS, SIZE);
                assertThat(broker.messages(place.queue())).isZero();
                relaying.start();
                Measurement.awaitCount(tally, ROWS);
                assertThat(broker.messages(place.queue())).isEqualTo(ROWS);
            }
            assertThat(tally.count()).isEqualTo(ROWS);
            assertThat(numbersIn(place.queue())).hasSize(ROWS);
        }
    }

    @Test
    void what_the_bare_client_counts_is_in_the_queue_but_for_its_window() throws Exception {
        Tally tally = new Tally();
        try (Place place = new Place(PostgreSql.shared(), broker);
                Relaying relaying = Contender.RAW.open(place.setting(SIZE, tally))) {
            relaying.start();
            Measurement.awaitCount(tally, ROWS);
            relaying.close();
            assertThat(broker.messages(place.queue())).isBetween(tally.count(), tally.count() + 500);
        }
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"RAW", "DOWEL_TWO"})
    void what_is_stored_at_a_rate_is_handled_and_its_latency_known(Contender contender) throws Exception {
        int events = 200;
        long begun = System.nanoTime();
        try (Place place = new Place(PostgreSql.shared(), broker);
                Flow flow = new Flow(place, contender, SIZE, 100, 100_000)) {
            flow.handled().recordLatencies();
            Measurement.awaitCount(flow.handled(), flow.handled().count() + events);

            long[] latencies = flow.handled().latencies();
            // The last one may be counted already and not yet kept.
            assertThat(latencies).hasSizeGreaterThanOrEqualTo(events - 1);
            assertThat(latencies[0]).isPositive();
            assertThat(latencies[latencies.length - 1]).isLessThan(System.nanoTime() - begun);
            flow.check();
        }
    }

    @Test
    void a_body_has_the_size_asked_for_and_tells_its_number() {
        assertThat(NumberedBody.of(0, 100)).hasSize(100);
        assertThat(NumberedBody.number(NumberedBody.of(123_456, 200))).isEqualTo(123_456);
        assertThat(NumberedBody.of(123_456, 200)).hasSize(200).asString().isEqualTo(json(123_456, 200));
    }

    private static String json(int number, int size) {
        String start = "{\"id\":" + number + ",\"name\":\"bench.event\",\"text\":\"";
        return start + "x".repeat(size - start.length() - 2) + "\"}";
    }

    private static Set<Integer> numbersIn(String queue) throws Exception {
        Set<Integer> numbers = ConcurrentHashMap.newKeySet();
        Tally read = new Tally();
        try (Handler handler = new Handler(broker.uri(), queue, body -> {
            numbers.add(NumberedBody.number(body));
            read.done(0);
        })) {
            Measurement.awaitCount(read, ROWS);
            assertThat(handler).isNotNull();
        }
        return numbers;
    }
}
