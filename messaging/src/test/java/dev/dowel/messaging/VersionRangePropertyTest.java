package dev.dowel.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dowel.messaging.internal.TopicPattern;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VersionRangePropertyTest {
    private static final int ROUNDS = 20_000;
    private static final int LIMIT = 999_999;
    private static final int[] INTERESTING = {0, 1, 2, 3, 98, 99, 100, 101, LIMIT - 1, LIMIT};

    private final Random random = new Random(20_261_121);

    @Test
    void every_version_in_a_range_reaches_the_queue_and_no_range_needs_more_than_100_keys() {
        int inside = 0;
        for (int round = 0; round < ROUNDS; round++) {
            VersionRange range = range();
            List<String> keys = range.bindingKeys("user.deleted");
            assertThat(keys).hasSizeBetween(1, 100).doesNotHaveDuplicates();
            for (Version version : List.of(near(range.from()), near(range.below()), range.from())) {
                boolean routed = keys.stream().anyMatch(key -> TopicPattern.matches(key, "user.deleted." + version));
                if (range.contains(version)) {
                    inside++;
                    assertThat(routed)
                            .as("%s in %s by %s", version, range, keys)
                            .isTrue();
                }
            }
        }
        assertThat(inside).isGreaterThan(ROUNDS);
    }

    @Test
    void no_key_reaches_into_a_major_of_which_nothing_is_wanted() {
        for (int round = 0; round < ROUNDS; round++) {
            VersionRange range = range();
            Version version = near(round % 2 == 0 ? range.from() : range.below());
            boolean wantedMajor = version.major() >= range.from().major()
                    && new Version(version.major(), 0, 0).compareTo(range.below()) < 0;
            if (!wantedMajor) {
                assertThat(range.bindingKeys("user.deleted"))
                        .noneMatch(key -> TopicPattern.matches(key, "user.deleted." + version));
            }
        }
    }

    @Test
    void only_a_range_within_one_major_can_do_without_an_inbox() {
        for (int round = 0; round < ROUNDS; round++) {
            VersionRange range = range();
            Version one = near(range.from());
            Version other = near(range.below());
            if (range.contains(one) && range.contains(other) && one.major() != other.major()) {
                assertThat(range.spansMajors()).as("%s", range).isTrue();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1.2.999999, 1.2.999999, 1.2.999998",
        "1.999999.999999, 1.999999.999999, 2.0.0",
        "~1.999999.3, 1.999999.4, 2.0.0",
        "~1.2.3, 1.2.999999, 1.3.0",
        "^1.2.3, 1.999999.999999, 2.0.0",
        "^999998.0.0, 999998.1.0, 999999.0.0"
    })
    void a_range_at_the_highest_numbers_takes_what_it_says(String range, String inside, String outside) {
        assertThat(VersionRange.parse(range).contains(Version.parse(inside))).isTrue();
        assertThat(VersionRange.parse(range).contains(Version.parse(outside))).isFalse();
    }

    @Test
    void a_range_that_would_need_more_than_100_keys_is_refused() {
        Version from = new Version(1, 5, 0);
        assertThat(new VersionRange(from, new Version(101, 0, 0)).bindingKeys("a"))
                .hasSize(100);
        assertThatThrownBy(() -> new VersionRange(from, new Version(101, 0, 1))).hasMessageContaining("100 majors");
        assertThatThrownBy(() -> VersionRange.parse(">=01 <2")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> VersionRange.parse("^999999.0.0")).hasMessageContaining("major 999999");
    }

    private VersionRange range() {
        while (true) {
            Version version = version();
            try {
                return switch (random.nextInt(5)) {
                    case 0 -> VersionRange.parse("^" + version);
                    case 1 -> VersionRange.parse("~" + version);
                    case 2 -> VersionRange.parse(version.toString());
                    case 3 ->
                        VersionRange.parse(">=" + version.major() + " <" + (version.major() + 1 + random.nextInt(100)));
                    default -> new VersionRange(version, near(near(version)));
                };
            } catch (IllegalArgumentException refused) {
                // Empty, too wide or beyond the limits: the next one.
            }
        }
    }

    private Version version() {
        return new Version(number(), number(), number());
    }

    private int number() {
        return random.nextBoolean() ? INTERESTING[random.nextInt(INTERESTING.length)] : random.nextInt(LIMIT + 1);
    }

    private Version near(Version version) {
        return new Version(near(version.major()), near(version.minor()), near(version.patch()));
    }

    private int near(int number) {
        return switch (random.nextInt(6)) {
            case 0 -> Math.min(LIMIT, number + 1);
            case 1 -> Math.max(0, number - 1);
            case 2 -> number();
            case 3 -> Math.min(LIMIT, number + random.nextInt(101));
            default -> number;
        };
    }
}
