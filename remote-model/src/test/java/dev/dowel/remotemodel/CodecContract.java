package dev.dowel.remotemodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every JSON codec of ours does: the same text for the same value, and no surprises from a hostile text. */
abstract class CodecContract {

    /** With the defaults. */
    abstract JsonCodec plain();

    /** With java.time as ISO 8601 texts. */
    abstract JsonCodec withTime();

    /** Over a mapper that leaves nulls out, in all places where it can be told to. */
    abstract JsonCodec withoutNulls();

    /** Over the library's own idea of a mapper with default typing. */
    abstract void withDefaultTyping();

    enum Size {
        SMALL,
        LARGE;

        @Override
        public String toString() {
            return "size " + name();
        }
    }

    record Pizza(String name, Size size, BigDecimal price, long number, Double weight, List<Topping> toppings) {}

    record Topping(String zebra, String apple, Map<String, Integer> amounts) {}

    /** Not in the order of the alphabet. */
    static class Bean {
        private String zebra;
        private int apple;
        private boolean hot;
        private byte[] bytes;
        private Bean next;

        public String getZebra() {
            return zebra;
        }

        public void setZebra(String zebra) {
            this.zebra = zebra;
        }

        public int getApple() {
            return apple;
        }

        public void setApple(int apple) {
            this.apple = apple;
        }

        public boolean isHot() {
            return hot;
        }

        public void setHot(boolean hot) {
            this.hot = hot;
        }

        public byte[] getBytes() {
            return bytes;
        }

        public void setBytes(byte[] bytes) {
            this.bytes = bytes;
        }

        public Bean getNext() {
            return next;
        }

        public void setNext(Bean next) {
            this.next = next;
        }
    }

    record Times(Instant instant, LocalDate date, LocalDateTime local, OffsetDateTime offset, Duration duration) {}

    private static Bean bean(String zebra, Bean next) {
        Bean bean = new Bean();
        bean.setZebra(zebra);
        bean.setApple(7);
        bean.setHot(true);
        bean.setBytes(new byte[] {1, 2, -1});
        bean.setNext(next);
        return bean;
    }

    static Stream<Arguments> values() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("zebra", null);
        map.put("apple", List.of(1, 2.5, "x", true));
        Topping cheese = new Topping("z", null, new LinkedHashMap<>(Map.of("b", 1)));
        return Stream.of(
                Arguments.of(
                        new Pizza(
                                "Ünder \"€\" \uD83C\uDF55 </script> \u2028\n",
                                Size.LARGE,
                                new BigDecimal("12.50"),
                                Long.MAX_VALUE,
                                0.1,
                                List.of(cheese)),
                        "{\"name\":\"Ünder \\\"€\\\" \\uD83C\\uDF55 </script> \u2028\\n\",\"size\":\"LARGE\",\"price\":12.50,"
                                + "\"number\":9223372036854775807,\"weight\":0.1,"
                                + "\"toppings\":[{\"zebra\":\"z\",\"apple\":null,\"amounts\":{\"b\":1}}]}"),
                Arguments.of(
                        new Pizza(null, null, new BigDecimal("1E+3"), Long.MIN_VALUE, 1e300, null),
                        "{\"name\":null,\"size\":null,\"price\":1E+3,\"number\":-9223372036854775808,\"weight\":1.0E300,"
                                + "\"toppings\":null}"),
                Arguments.of(
                        bean("a", bean("b", null)),
                        "{\"zebra\":\"a\",\"apple\":7,\"hot\":true,\"bytes\":\"AQL/\",\"next\":"
                                + "{\"zebra\":\"b\",\"apple\":7,\"hot\":true,\"bytes\":\"AQL/\",\"next\":null}}"),
                Arguments.of(map, "{\"zebra\":null,\"apple\":[1,2.5,\"x\",true]}"),
                Arguments.of(
                        new Object[] {new BigInteger("123456789012345678901234567890"), Double.NaN, 'c', Size.SMALL},
                        "[123456789012345678901234567890,\"NaN\",\"c\",\"SMALL\"]"),
                Arguments.of(
                        UUID.fromString("123e4567-e89b-12d3-a456-426614174000"),
                        "\"123e4567-e89b-12d3-a456-426614174000\""));
    }

    @ParameterizedTest
    @MethodSource("values")
    void the_text_of_a_value_is_the_same_with_every_codec(Object value, String json) throws IOException {
        assertThat(text(plain().encode(value))).isEqualTo(json);
        assertThat(text(withTime().encode(value))).isEqualTo(json);
        if (value instanceof Pizza) {
            assertThat(plain().decode(bytes(json), Pizza.class)).isEqualTo(value);
        }
    }

    @Test
    void times_are_iso_texts_where_the_mapper_is_told_so() throws IOException {
        Times times = new Times(
                Instant.parse("2026-01-02T03:04:05.678Z"),
                LocalDate.parse("2026-01-02"),
                LocalDateTime.parse("2026-01-02T03:04:05"),
                OffsetDateTime.parse("2026-01-02T03:04:05Z"),
                Duration.ofSeconds(90));
        String json = "{\"instant\":\"2026-01-02T03:04:05.678Z\",\"date\":\"2026-01-02\","
                + "\"local\":\"2026-01-02T03:04:05\",\"offset\":\"2026-01-02T03:04:05Z\",\"duration\":\"PT1M30S\"}";

        assertThat(text(withTime().encode(times))).isEqualTo(json);
        assertThat(withTime().decode(bytes(json), Times.class)).isEqualTo(times);
    }

    @Test
    void missing_nulls_unknown_and_repeated_properties_read_the_same() throws IOException {
        assertThat(pizza("{\"name\":\"a\",\"number\":null,\"extra\":{\"x\":[1]},\"name\":\"b\"}"))
                .isEqualTo(new Pizza("b", null, null, 0, null, null));
        assertThat(pizza("{}")).isEqualTo(new Pizza(null, null, null, 0, null, null));
        assertThat(pizza("\n {\"price\":\"1.5\",\"number\":\"7\",\"name\":5}\t"))
                .isEqualTo(new Pizza("5", null, new BigDecimal("1.5"), 7, null, null));
        assertThat(((Bean) plain().decode(bytes("{\"apple\":null,\"hot\":\"true\"}"), Bean.class)).isHot())
                .isTrue();
    }

    @Test
    void untyped_values_read_the_same() throws IOException {
        Map<?, ?> map = (Map<?, ?>) plain().decode(
                        bytes("{\"z\":1,\"a\":3000000000,\"b\":1.5,\"c\":[true,null],\"d\":123456789012345678901}"),
                        Map.class);

        Map<String, Object> expected = new LinkedHashMap<>();
        expected.put("z", 1);
        expected.put("a", 3_000_000_000L);
        expected.put("b", 1.5);
        expected.put("c", Arrays.asList(true, null));
        expected.put("d", new BigInteger("123456789012345678901"));
        assertThat(map).isEqualTo(expected);
        assertThat(List.copyOf(map.keySet()).toString()).isEqualTo("[z, a, b, c, d]");
    }

    @Test
    void a_page_of_django_one_of_spring_and_a_bare_list_are_read() throws IOException {
        List<Book> books = List.of(new Book(1L, null, 2, null));
        PageDocument.Django<?> django = (PageDocument.Django<?>) plain().decode(
                        bytes("{\"count\":1,\"next\":null,\"previous\":null,\"results\":[{\"id\":1,\"price\":2}]}"),
                        new PageDocument.Of(PageDocument.Django.class, Book.class));
        PageDocument.Spring<?> spring = (PageDocument.Spring<?>) plain().decode(
                        bytes("{\"content\":[{\"id\":1,\"price\":2}],\"page\":{\"number\":0,\"totalPages\":1}}"),
                        new PageDocument.Of(PageDocument.Spring.class, Book.class));

        assertThat(django.results()).isEqualTo(books);
        assertThat(spring.content()).isEqualTo(books);
        assertThat(spring.numbers()).isEqualTo(new PageDocument.Numbers(0L, null, 1L));
        assertThat(plain().decode(bytes("[{\"id\":1,\"price\":2}]"), new PageDocument.Of(List.class, Book.class)))
                .isEqualTo(books);
    }

    @Test
    void a_patch_keeps_its_nulls_whatever_the_mapper_leaves_out() throws IOException {
        Map<String, Object> nested = new LinkedHashMap<>();
        nested.put("city", null);
        nested.put("street", "x");
        Patch patch = Patch.of("nick", null).and("address", nested).and("price", 1);

        assertThat(text(withoutNulls().encode(patch.document())))
                .isEqualTo("{\"nick\":null,\"address\":{\"city\":null,\"street\":\"x\"},\"price\":1}");
        assertThat(text(withoutNulls().encode(new Book(1L, null, 2, null)))).isEqualTo("{\"id\":1,\"price\":2}");
    }

    @Test
    void a_mapper_with_default_typing_is_refused() {
        assertThatThrownBy(this::withDefaultTyping)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("mapper has default typing; use one without");
    }

    static Stream<byte[]> hostile() {
        String big = "9".repeat(1_001);
        return Stream.of(
                bytes(""),
                bytes("   "),
                bytes("null"),
                bytes("{"),
                bytes("{\"name\":\"canary"),
                bytes("{\"name\":canary}"),
                bytes("{'name':'canary'}"),
                bytes("{\"name\":\"canary\",}"),
                bytes("/* canary */ {}"),
                bytes("{\"name\":\"\u0001canary\"}"),
                bytes("{\"name\":\"canary\"}canary"),
                bytes("{\"name\":\"canary\"} {}"),
                bytes("{\"name\":\"canary\"} ]"),
                bytes("[{\"name\":\"canary\"}]"),
                bytes("\"canary\""),
                bytes("{\"size\":\"canary\"}"),
                bytes("{\"number\":\"canary\"}"),
                bytes("{\"price\":\"canary\"}"),
                bytes("{\"toppings\":{\"canary\":1}}"),
                bytes("{\"toppings\":[{\"amounts\":{\"canary\":\"canary\"}}]}"),
                bytes("{\"number\":9223372036854775808}"),
                bytes("{\"number\":1e99}"),
                bytes("{\"number\":" + big + "}"),
                bytes("{\"price\":" + big + "}"),
                bytes("{\"price\":NaN}"),
                bytes("{\"name\":" + "[".repeat(100_000)),
                bytes("{\"extra\":" + "[".repeat(2_000) + "]".repeat(2_000) + "}"),
                bytes("{\"extra\":" + "{\"a\":".repeat(2_000) + "1" + "}".repeat(2_000) + "}"),
                bytes("{\"" + "n".repeat(60_000) + "\":1}"),
                new byte[] {'{', '"', 'n', 'a', 'm', 'e', '"', ':', '"', (byte) 0xC3, '"', '}'},
                new byte[] {'{', '"', 'n', 'a', 'm', 'e', '"', ':', '"', (byte) 0xFF, (byte) 0xFE, '"', '}'},
                new byte[] {'{', '"', 'n', 'a', 'm', 'e', '"', ':', '"', (byte) 0x80, '"', '}'});
    }

    @ParameterizedTest
    @MethodSource("hostile")
    void a_text_that_is_not_what_was_promised_is_refused_without_quoting_it(byte[] json) {
        IOException e = catchThrowableOfType(IOException.class, () -> plain().decode(json, Pizza.class));

        assertThat(e).isNotNull().hasNoCause();
        assertThat(e.getMessage()).matches("[A-Za-z0-9 ,.*\\[\\]]{1,200}").doesNotContain("canary", "999", "nnn");
        assertThat(e.getSuppressed()).isEmpty();
    }

    @Test
    void the_message_says_where() {
        assertThatThrownBy(() -> plain().decode(
                                bytes("{\"toppings\":[{},\n{\"amounts\":{\"canary\":\"canary\"}}]}"), Pizza.class))
                .hasMessage("InvalidFormatException at .toppings[1].amounts.* in line 2, column 22");
    }

    @Test
    void the_message_does_not_say_a_key_that_the_provider_chose() {
        for (Class<?> open : List.of(OpenToAnyMethod.class, OpenToAnyField.class)) {
            assertThatThrownBy(() -> plain().decode(bytes("{\"name\":\"n\",\"canary\":\"canary\"}"), open))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(" at .*")
                    .hasMessageNotContaining("canary");
        }
    }

    static final class OpenToAnyMethod {
        public String name;
        public int sum;

        @com.fasterxml.jackson.annotation.JsonAnySetter
        void other(String key, int value) {
            sum += key.length() + value;
        }
    }

    static final class OpenToAnyField {
        public String name;

        @com.fasterxml.jackson.annotation.JsonAnySetter
        public Map<String, Integer> others = new java.util.HashMap<>();
    }

    @Test
    void a_value_that_cannot_be_written_is_an_error_that_does_not_quote_it() {
        Object[] loop = new Object[1];
        loop[0] = loop;
        assertThatThrownBy(() -> plain().encode(loop)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> plain().encode(new Object[] {new Throws()}))
                .isInstanceOf(IOException.class)
                .hasNoCause()
                .hasMessageNotContaining("bounds");
    }

    static final class Throws {
        public String getName() {
            return List.of("a").get("canary".length());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1_000, 1_000_000, 9_000_000})
    void a_long_text_below_the_largest_response_is_read(int length) throws IOException {
        assertThat(pizza("{\"name\":\"" + "x".repeat(length) + "\"}").name()).hasSize(length);
    }

    @Test
    void nesting_of_a_reasonable_depth_is_read() throws IOException {
        assertThat(pizza("{\"extra\":" + "[".repeat(400) + "]".repeat(400) + "}")
                        .name())
                .isNull();
    }

    @Test
    void no_class_is_chosen_by_the_text() throws IOException {
        Object value = plain().decode(
                        bytes("{\"@class\":\"java.util.concurrent.atomic.AtomicLong\",\"@type\":\"x\"}"), Object.class);

        assertThat(value).isInstanceOf(Map.class);
        assertThat(plain().decode(bytes("[\"java.util.concurrent.atomic.AtomicLong\",1]"), Object.class))
                .isInstanceOf(List.class);
    }

    @Test
    void an_optional_repository_answers_are_the_same_over_this_codec() {
        Repository<Book, Long> books = InMemoryRepository.builder(Book.class, IdCodec.LONG, Book::id)
                .onCreate((book, number) -> new Book(number, book.title(), book.price(), book.nick()))
                .json(plain())
                .build();
        books.create(Book.titled("a", 1));

        assertThat(books.find(1L)).isEqualTo(Optional.of(new Book(1L, "a", 1, null)));
        assertThat(books.filter(Query.where("price__gte", 1)).items()).hasSize(1);
    }

    private Pizza pizza(String json) throws IOException {
        return (Pizza) plain().decode(bytes(json), Pizza.class);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
