package dev.dowel.messaging.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dowel.messaging.Version;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is read by hand, against a regular expression that says the same. */
class VersionedKeyTest {
    private static final Pattern KEY = Pattern.compile("(.+?)\\.(\\d{1,6}\\.\\d{1,6}\\.\\d{1,6})");
    private static final Pattern VERSION = Pattern.compile("(0|[1-9]\\d{0,5})\\.(0|[1-9]\\d{0,5})\\.(0|[1-9]\\d{0,5})");
    private static final String[] WORDS = {
        "",
        "a",
        "user",
        "0",
        "00",
        "01",
        "1",
        "10",
        "999999",
        "1000000",
        "1a",
        "a1",
        "-1",
        "+1",
        " 1",
        "\u0663",
        "\n",
        "a\nb",
        "\r",
        "\u0085",
        "\u2028",
        "\u2029",
        "\ud83d\ude00",
        "\ud83d",
        "1.0.0"
    };

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void a_routing_key_is_taken_apart_as_the_expression_does(long seed) {
        Random random = new Random(seed);
        int matched = 0;
        for (int i = 0; i < 100_000; i++) {
            String key = text(random, 1 + random.nextInt(6));
            Matcher expected = KEY.matcher(key);
            Optional<VersionedKey> read = VersionedKey.of(key);
            if (expected.matches()) {
                matched++;
                assertThat(read).contains(new VersionedKey(expected.group(1), expected.group(2)));
            } else {
                assertThat(read).as(key).isEmpty();
            }
        }
        assertThat(matched).isGreaterThan(1_000);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void a_version_is_read_as_the_expression_does(long seed) {
        Random random = new Random(seed);
        int matched = 0;
        for (int i = 0; i < 100_000; i++) {
            String text = text(random, 2 + random.nextInt(3));
            Matcher expected = VERSION.matcher(text);
            Optional<Version> read = read(text);
            if (expected.matches()) {
                matched++;
                assertThat(read)
                        .contains(new Version(
                                Integer.parseInt(expected.group(1)),
                                Integer.parseInt(expected.group(2)),
                                Integer.parseInt(expected.group(3))));
            } else {
                assertThat(read).as(text).isEmpty();
            }
        }
        assertThat(matched).isGreaterThan(1_000);
    }

    @Test
    void an_empty_routing_key_has_no_version() {
        assertThat(VersionedKey.of("")).isEmpty();
    }

    private static Optional<Version> read(String text) {
        try {
            return Optional.of(Version.parse(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static String text(Random random, int words) {
        String[] all = new String[words];
        for (int i = 0; i < words; i++) {
            // Half of the words are such as a version has.
            all[i] = random.nextBoolean() ? WORDS[3 + random.nextInt(6)] : WORDS[random.nextInt(WORDS.length)];
        }
        return String.join(".", all);
    }
}
