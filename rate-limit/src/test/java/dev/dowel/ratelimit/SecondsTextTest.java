package dev.dowel.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SecondsTextTest {
    private final SecondsText text = new SecondsText(seconds -> "t=" + seconds);

    @Test
    void makes_a_text_once() {
        assertThat(text.of(3_599)).isEqualTo("t=3599").isSameAs(text.of(3_599));
    }

    @Test
    void no_number_gets_the_text_of_another() {
        for (long seconds = 0; seconds < 5_000; seconds++) {
            assertThat(text.of(seconds)).isEqualTo("t=" + seconds);
        }
        assertThat(text.of(Long.MAX_VALUE)).isEqualTo("t=" + Long.MAX_VALUE);
    }
}
