package dev.dowel.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.dowel.benchmarks.contenders.Kind;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class VirtualThreadsTest {

    /** Before JDK 24 every {@code synchronized} around a wait holds the carrier, OkHttp's too. */
    @TestFactory
    Stream<DynamicTest> waiting_for_a_slow_service_holds_no_carrier_thread() {
        return Runtime.version().feature() < 24
                ? Stream.empty()
                : Stream.of(Kind.DOWEL, Kind.DOWEL_MISS)
                        .map(kind -> dynamicTest(kind.label(), () -> holdsNoCarrierThread(kind)));
    }

    private static void holdsNoCarrierThread(Kind kind) throws Exception {
        VirtualThreads.Outcome outcome = VirtualThreads.measure(kind, 500);
        if (!outcome.places().isEmpty()) {
            // Once may be a class that some thread had to load; what waits while it holds its carrier does so each
            // time.
            outcome = VirtualThreads.measure(kind, 500);
        }

        assertThat(outcome.calls()).isEqualTo(500);
        assertThat(outcome.places()).isEmpty();
    }
}
