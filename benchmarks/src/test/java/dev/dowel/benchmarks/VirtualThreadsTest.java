package dev.dowel.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dowel.benchmarks.contenders.Kind;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Runs with {@code -Dother.jdk} only: before JDK 24 every {@code synchronized} around a wait holds the carrier, OkHttp's too. */
@Tag("other-jdk")
class VirtualThreadsTest {

    @ParameterizedTest
    @EnumSource(names = {"DOWEL", "DOWEL_MISS"})
    void waiting_for_a_slow_service_holds_no_carrier_thread(Kind kind) throws Exception {
        assertThat(Runtime.version().feature()).as("the other JDK").isGreaterThanOrEqualTo(24);
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
