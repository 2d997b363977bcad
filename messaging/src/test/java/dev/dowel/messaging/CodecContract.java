package dev.dowel.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every codec writes and reads, so that services with different ones understand each other. */
abstract class CodecContract {
    /** A body with a bit of everything. */
    record Order(
            String zip,
            int amount,
            Long id,
            boolean paid,
            BigDecimal price,
            Size size,
            List<Line> lines,
            Map<String, Integer> by) {}

    record Line(String name, double weight) {}

    enum Size {
        SMALL,
        LARGE
    }

    /** A bean, not a record. */
    static final class Bean {
        public String zebra = "z";
        public int apple = 1;
        public Object nothing;
    }

    /** A body that nothing can write. */
    static final class Opaque {
        private final String secret = "canary";

        @Override
        public String toString() {
            return secret;
        }
    }

    abstract JsonCodec codec();

    abstract JsonCodec withDefaultTyping();

    @Test
    void the_same_body_becomes_the_same_json() {
        Order order = new Order(
                "\u20ac\u0001\"",
                3,
                null,
                true,
                new BigDecimal("1.50"),
                Size.LARGE,
                List.of(new Line("a", 0.1)),
                Map.of("x", 1));

        assertThat(text(codec().encode(order)))
                .isEqualTo("{\"zip\":\"\u20ac\\u0001\\\"\",\"amount\":3,\"id\":null,\"paid\":true,\"price\":1.50,"
                        + "\"size\":\"LARGE\",\"lines\":[{\"name\":\"a\",\"weight\":0.1}],\"by\":{\"x\":1}}");
        assertThat(codec().decode(codec().encode(order), Order.class)).isEqualTo(order);
        assertThat(text(codec().encode(new Bean()))).isEqualTo("{\"zebra\":\"z\",\"apple\":1,\"nothing\":null}");
    }

    @Test
    void properties_may_be_missing_or_unknown() {
        assertThat(codec().decode(bytes("{\"new\":{\"deep\":[1]},\"amount\":null,\"id\":5}"), Order.class))
                .isEqualTo(new Order(null, 0, 5L, false, null, null, null, null));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "null",
                "{",
                "[]",
                "\"canary\"",
                "{\"amount\":\"canary\"}",
                "{\"size\":\"canary\"}",
                "{\"zip\":canary}",
                "{\"zip\":\"canary\"} canary",
                "{} {}",
                "{\"lines\":{\"canary\":1}}",
                "{\"by\":{\"canary\":\"canary\"}}",
                "{\"amount\":99999999999}"
            })
    void what_is_not_what_was_promised_is_refused_without_quoting_it(String json) {
        Throwable refused = catchThrowable(() -> codec().decode(bytes(json), Order.class));

        assertThat(refused).isInstanceOf(IllegalArgumentException.class).hasNoCause();
        assertThat(refused.getMessage()).contains(Order.class.getName()).doesNotContain("canary", "999");
    }

    @Test
    void what_is_nested_too_deeply_or_no_utf_8_is_refused() {
        byte[] broken = {'{', '"', 'z', 'i', 'p', '"', ':', '"', (byte) 0xC3, '"', '}'};
        for (byte[] json : Arrays.asList(broken, bytes("{\"x\":" + "[".repeat(100_000)))) {
            assertThatThrownBy(() -> codec().decode(json, Order.class)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void what_cannot_be_written_is_told_by_its_class() {
        assertThatThrownBy(() -> codec().encode(new Opaque()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasNoCause()
                .hasMessageContaining(Opaque.class.getName())
                .hasMessageNotContaining("canary");
    }

    @Test
    void no_class_is_chosen_by_the_text() {
        assertThat(codec().decode(bytes("{\"@class\":\"java.util.concurrent.atomic.AtomicLong\"}"), Object.class))
                .isInstanceOf(Map.class);
        assertThatThrownBy(this::withDefaultTyping)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("mapper has default typing; use one without");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
