package dev.dowel.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dowel.benchmarks.contenders.Contender;
import dev.dowel.benchmarks.contenders.Kind;
import dev.dowel.benchmarks.server.Canned;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How many bytes a get may allocate when the network costs nothing. */
class AllocationTest {

    @ParameterizedTest
    @CsvSource({"DOWEL, 5000", "DOWEL_MISS, 6000", "DOWEL_HIT, 2500", "DOWEL_HIT_SHARED, 500"})
    void a_get_allocates_no_more_than_it_may(Kind kind, long bytes) {
        try (Contender contender = kind.open(Canned.found(), Canned.BASE)) {
            long allocated = Allocation.bytesPerCall(() -> contender.get(42));
            System.out.printf("%s: %,d B per get, at most %,d%n", kind.label(), allocated, bytes);
            assertThat(allocated).as(kind.label()).isLessThanOrEqualTo(bytes);
        }
    }
}
