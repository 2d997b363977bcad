package dev.dowel.benchmarks.authtoken;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** That all contenders do what they are measured at. */
class GuardTest {

    @ParameterizedTest
    @EnumSource(Guard.class)
    void a_good_token_and_no_other_comes_through_again_and_again(Guard guard) throws Exception {
        for (Call call : Call.values()) {
            Gate gate = guard.open(call);
            for (int i = 0; i < 3; i++) {
                assertThat(gate.admits()).as(call.label()).isEqualTo(call == Call.ACCEPTED);
            }
        }
    }
}
