package dev.dowel.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuotaTest {
    @ParameterizedTest
    @CsvSource({
        "1, PT0.001S, 1",
        "1, P365D, 1",
        "1000000, PT0.001S, 1000000",
        "2147483648, PT1M, 1",
        "2147483648, PT1M, 2147483648",
        "1, P365D, 10"
    })
    void a_value_at_its_limit_is_good(long calls, Duration period, long burst) {
        assertThat(new Quota(calls, period).withBurst(burst).burst()).isEqualTo(burst);
    }

    @ParameterizedTest
    @CsvSource({
        "0, PT1M, 1, calls is",
        "2147483649, PT1M, 1, calls is",
        "1, PT0.000999999S, 1, period is",
        "1, PT8760H0.000000001S, 1, period is",
        "1000001, PT0.001S, 1, At most one call a nanosecond",
        "1, PT1M, 0, burst is",
        "1, PT1M, 2147483649, burst is",
        "1, P365D, 11, A burst of 11"
    })
    void a_value_past_its_limit_is_refused(long calls, Duration period, long burst, String problem) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Quota(calls, period, burst, false))
                .withMessageStartingWith(problem);
    }

    @Test
    void a_strict_quota_has_no_larger_burst_than_calls() {
        Quota strict = new Quota(3, Duration.ofMinutes(1)).asStrict();
        assertThat(strict.withBurst(3).burst()).isEqualTo(3);
        assertThatIllegalArgumentException().isThrownBy(() -> strict.withBurst(4));
    }

    @Test
    void the_time_for_one_call_is_rounded_up() {
        Duration millisecond = Duration.ofMillis(1);
        assertThat(new Quota(3, millisecond).nanosPerCall()).isEqualTo(333_334);
        assertThat(new Quota(4, millisecond).nanosPerCall()).isEqualTo(250_000);
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 1000000", "3, 2, 500000", "4, 2, 333334"})
    void a_strict_quota_lets_half_come_at_once_and_the_others_over_the_period(long calls, long burst, long nanos) {
        Quota strict = new Quota(calls, Duration.ofMillis(1)).asStrict();
        assertThat(strict.burst()).isEqualTo(burst);
        assertThat(strict.nanosPerCall()).isEqualTo(nanos);
    }
}
