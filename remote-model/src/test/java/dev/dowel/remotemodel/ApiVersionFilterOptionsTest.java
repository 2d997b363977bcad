package dev.dowel.remotemodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ApiVersionFilterOptionsTest {

    private static final Instant TIME = Instant.parse("2026-01-01T00:00:00Z");

    private final ApiVersionFilter.Builder options = ApiVersionFilter.builder();

    @ParameterizedTest
    @ValueSource(strings = {"", "..", ".", "a/b", "v1;x", "v%31", "v1\r\nX: y", " v1"})
    void a_version_or_prefix_that_is_no_plain_segment_is_refused(String segment) {
        assertThatThrownBy(() -> options.deprecated(segment, TIME)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> options.sunset(segment, TIME)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> options.gone(segment)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> options.documentation(segment, URI.create("/x")))
                .isInstanceOf(IllegalArgumentException.class);
        if (!segment.isEmpty()) {
            assertThatThrownBy(() -> options.prefix(segment)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void a_time_that_no_header_can_say_is_refused() {
        assertThatThrownBy(() -> options.sunset("v1", Instant.MAX)).hasMessageContaining("when must be between");
        assertThatThrownBy(() -> options.deprecated("v1", Instant.EPOCH.minusNanos(1)))
                .hasMessageContaining("since must be between");
    }

    @Test
    void a_sunset_before_the_deprecation_is_refused() {
        options.deprecated("v1", TIME).sunset("v1", TIME.minusSeconds(1));

        assertThatThrownBy(options::build)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("version v1 has a sunset before its deprecation");
        assertThat(options.sunset("v1", TIME).build().calls()).isEmpty();
    }

    @Test
    void documentation_or_an_end_without_a_date_is_refused() {
        assertThatThrownBy(() -> ApiVersionFilter.builder()
                        .documentation("v1", URI.create("/x"))
                        .build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("v1 has documentation");
        assertThatThrownBy(() -> options.deprecated("v1", TIME).gone("v1").build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no sunset date");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 100_001})
    void a_number_of_clients_that_makes_no_sense_is_refused(int number) {
        assertThatThrownBy(() -> options.maxClients(number))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("" + number);
    }
}
