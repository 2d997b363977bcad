package dev.dowel.messaging.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceHeadersTest {
    private static final String PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    @ParameterizedTest
    @ValueSource(
            strings = {
                PARENT,
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-ff",
                "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-what-comes-later",
                "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-"
            })
    void a_well_formed_parent_is_taken(String parent) {
        assertThat(TraceHeaders.of(Map.of("traceparent", parent))).isEqualTo(Map.of("traceparent", parent));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "t",
                "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
                "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
                "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01.more",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-1",
                " 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\n"
            })
    void a_malformed_parent_is_as_good_as_none_and_so_is_its_state(String parent) {
        assertThat(TraceHeaders.of(Map.of("traceparent", parent, "tracestate", "a=b")))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a=b", "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE", "1t@sys=a:b;c , x=y", "a=b,,c=d"})
    void a_well_formed_state_comes_along(String state) {
        assertThat(TraceHeaders.of(Map.of("traceparent", PARENT, "tracestate", state)))
                .containsEntry("tracestate", state);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a", "A=b", "a=b=c", "a=\u00e9", "a=b\r\nx: y", "=b"})
    void a_malformed_state_is_dropped_and_the_parent_is_not(String state) {
        assertThat(TraceHeaders.of(Map.of("traceparent", PARENT, "tracestate", state)))
                .isEqualTo(Map.of("traceparent", PARENT));
    }

    @Test
    void a_state_that_is_too_long_or_has_too_many_members_is_dropped() {
        assertThat(TraceHeaders.of(Map.of("traceparent", PARENT, "tracestate", "a=b,".repeat(31) + "a=b")))
                .hasSize(2);
        assertThat(TraceHeaders.of(Map.of("traceparent", PARENT, "tracestate", "a=b,".repeat(32) + "a=b")))
                .hasSize(1);
        assertThat(TraceHeaders.of(
                        Map.of("traceparent", PARENT, "tracestate", "a=" + "b".repeat(255) + ",c=" + "d".repeat(254))))
                .hasSize(1);
    }

    @Test
    void hostile_headers_of_any_length_are_judged_without_overflow() {
        String endless = "a".repeat(1_000_000);
        assertThat(TraceHeaders.of(Map.of("traceparent", endless))).isEmpty();
        assertThat(TraceHeaders.of(Map.of("traceparent", PARENT.replace("00-0", "cc-0") + "-" + endless)))
                .isEmpty();
    }
}
