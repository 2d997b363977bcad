package dev.dowel.messaging.internal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopicPatternTest {
    @ParameterizedTest
    @CsvSource({
        "user.deleted.1.*.*, user.deleted.1.0.0, true",
        "user.deleted.1.*.*, user.deleted.2.0.0, false",
        "user.deleted.1.*.*, user.deleted.1.0, false",
        "user.deleted.1.*.*, user.deleted.1.0.0.0, false",
        "user.deleted.1.0.0, user.deleted.1.0.0, true",
        "user.*, user, false",
        "user.#, user, true",
        "user.#, user.deleted.1.0.0, true",
        "user.#, users.deleted, false",
        "#, user.deleted, true",
        "'#', '', true",
        "*, '', true",
        "#.0, user.deleted.1.0.0, true",
        "#.1, user.deleted.1.0.0, false",
        "user.#.0, user.deleted.1.0.0, true",
        "user.#.0, user.0, true",
        "#.*, user, true",
        "*.#.*, user, false",
        "#.#, user.deleted, true",
        "user.deleted.1.*.*, user.deleted.1..x, true",
        "u+er.*, uuer.1, false"
    })
    void a_pattern_takes_what_the_broker_would_route(String pattern, String key, boolean taken) {
        assertThat(TopicPattern.matches(pattern, key)).isEqualTo(taken);
    }

    @Test
    void many_wildcards_take_no_longer_than_few() {
        assertThat(TopicPattern.matches("#.a.".repeat(50) + "b", "a.".repeat(127) + "c"))
                .isFalse();
    }
}
