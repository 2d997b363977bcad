package dev.dowel.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dowel.benchmarks.contenders.Kind;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class VirtualThreadsTest {

    /** Before JDK 24 every {@code synchronized} around a wait holds the carrier, OkHttp's too. */
    @ParameterizedTest
    @EnumSource(names = {"DOWEL", "DOWEL_MISS"})
    @EnabledForJreRange(minVersion = 24)
    void waiting_for_a_slow_service_holds_no_carrier_thread(Kind kind) throws Exception {
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
