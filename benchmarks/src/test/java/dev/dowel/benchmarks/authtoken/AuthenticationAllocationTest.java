package dev.dowel.benchmarks.authtoken;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dowel.benchmarks.Allocation;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How many bytes the filter may allocate for a call, a request attribute included. */
class AuthenticationAllocationTest {

    @ParameterizedTest
    @CsvSource({
        "ACCEPTED, 400",
        "WRONG_SECRET, 340",
        "UNKNOWN_CLIENT, 340",
        "MALFORMED, 200",
        "GARBAGE_100, 200",
        "GARBAGE_2000, 200",
        "GARBAGE_8000, 200"
    })
    void a_call_allocates_no_more_than_it_may(Call call, long bytes) {
        Gate gate = Guard.DOWEL.open(call);
        long allocated = Allocation.bytesPerCall(() -> admits(gate));
        System.out.printf("%s: %,d B per call, at most %,d%n", call.label(), allocated, bytes);
        assertThat(allocated).as(call.label()).isLessThanOrEqualTo(bytes);
    }

    private static Boolean admits(Gate gate) {
        try {
            return gate.admits();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
