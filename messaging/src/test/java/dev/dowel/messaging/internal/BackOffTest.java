package dev.dowel.messaging.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BackOffTest {
    @Test
    void the_longest_waits_double_from_a_fifth_of_a_second_to_ten_seconds() {
        BackOff unlucky = new BackOff(bound -> bound - 1);
        assertThat(IntStream.rangeClosed(0, 9).mapToLong(unlucky::millis))
                .containsExactly(200L, 200L, 400L, 800L, 1_600L, 3_200L, 6_400L, 10_000L, 10_000L, 10_000L);
        assertThat(unlucky.millis(Integer.MAX_VALUE)).isEqualTo(10_000);
    }

    @Test
    void the_jitter_is_full() {
        List<Long> bounds = new ArrayList<>();
        BackOff lucky = new BackOff(bound -> {
            bounds.add(bound);
            return 0;
        });
        assertThat(lucky.millis(1)).isEqualTo(1);
        assertThat(lucky.millis(9)).isEqualTo(1);
        assertThat(bounds).containsExactly(200L, 10_000L);
    }

    @Test
    void what_somebody_must_mend_is_tried_every_five_to_ten_seconds() {
        assertThat(new BackOff(bound -> 0).slowMillis()).isEqualTo(5_001);
        assertThat(new BackOff(bound -> bound - 1).slowMillis()).isEqualTo(10_000);
    }

    @Test
    void by_default_the_waits_differ() {
        BackOff backOff = new BackOff();
        long[] waits =
                IntStream.range(0, 100).mapToLong(i -> backOff.millis(20)).toArray();
        assertThat(Arrays.stream(waits)).allMatch(wait -> wait >= 1 && wait <= 10_000);
        assertThat(Arrays.stream(waits).distinct().count()).isGreaterThan(50);
    }
}
