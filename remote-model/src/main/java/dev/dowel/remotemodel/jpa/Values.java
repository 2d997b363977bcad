package dev.dowel.remotemodel.jpa;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.Date;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Makes the value of an attribute of what a query or a patch holds. No message repeats the value. */
final class Values {

    /** More digits than any column has; a number like 1e999999999 would fill the memory when written out. */
    private static final int MAX_DIGITS = 1_000;

    private static final Map<Class<?>, Function<String, Object>> PARSERS = Map.ofEntries(
            Map.entry(String.class, text -> text),
            Map.entry(Boolean.class, Values::flag),
            Map.entry(Character.class, Values::character),
            Map.entry(Byte.class, text -> number(text).byteValueExact()),
            Map.entry(Short.class, text -> number(text).shortValueExact()),
            Map.entry(Integer.class, text -> number(text).intValueExact()),
            Map.entry(Long.class, text -> number(text).longValueExact()),
            Map.entry(BigInteger.class, text -> number(text).toBigIntegerExact()),
            Map.entry(BigDecimal.class, Values::number),
            Map.entry(Float.class, text -> number(text).floatValue()),
            Map.entry(Double.class, text -> number(text).doubleValue()),
            Map.entry(UUID.class, UUID::fromString),
            Map.entry(LocalDate.class, LocalDate::parse),
            Map.entry(LocalTime.class, LocalTime::parse),
            Map.entry(LocalDateTime.class, LocalDateTime::parse),
            Map.entry(OffsetDateTime.class, OffsetDateTime::parse),
            Map.entry(ZonedDateTime.class, ZonedDateTime::parse),
            Map.entry(Instant.class, Instant::parse),
            Map.entry(Date.class, text -> Date.from(Instant.parse(text))));

    private static final Map<Class<?>, Class<?>> BOXES = Map.of(
            boolean.class, Boolean.class,
            char.class, Character.class,
            byte.class, Byte.class,
            short.class, Short.class,
            int.class, Integer.class,
            long.class, Long.class,
            float.class, Float.class,
            double.class, Double.class);

    private Values() {}

    /** The value of a text from a query. */
    static Object parse(String field, String text, Class<?> attributeType) {
        Class<?> type = BOXES.getOrDefault(attributeType, attributeType);
        try {
            if (type.isEnum()) {
                return constant(type, text);
            }
            Function<String, Object> parser = PARSERS.get(type);
            if (parser != null) {
                return parser.apply(text);
            }
        } catch (IllegalArgumentException | ArithmeticException | java.time.DateTimeException unfit) {
            throw unfit(field, type);
        }
        throw new IllegalArgumentException(
                "field " + field + " is a " + type.getSimpleName() + ", which cannot be made of a text");
    }

    /** The value of a patch. */
    static @Nullable Object fit(String field, @Nullable Object value, Class<?> attributeType) {
        if (value == null) {
            if (attributeType.isPrimitive()) {
                throw new IllegalArgumentException("field " + field + " cannot be cleared, it always has a value");
            }
            return null;
        }
        Class<?> type = BOXES.getOrDefault(attributeType, attributeType);
        if (type.isInstance(value)) {
            return value;
        }
        boolean scalar = value instanceof CharSequence
                || value instanceof Number
                || value instanceof Boolean
                || value instanceof Character
                || value instanceof Enum
                || value instanceof UUID
                || value instanceof java.time.temporal.Temporal;
        if (!scalar) {
            throw unfit(field, type);
        }
        return parse(field, value instanceof Enum<?> constant ? constant.name() : value.toString(), type);
    }

    private static IllegalArgumentException unfit(String field, Class<?> type) {
        return new IllegalArgumentException("the value for field " + field + " is not a " + type.getSimpleName());
    }

    private static Object constant(Class<?> type, String text) {
        for (Object constant : type.getEnumConstants()) {
            if (((Enum<?>) constant).name().equals(text)) {
                return constant;
            }
        }
        throw new IllegalArgumentException("no such constant");
    }

    private static Object flag(String text) {
        if (text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false")) {
            return Boolean.valueOf(text);
        }
        throw new IllegalArgumentException("neither true nor false");
    }

    private static Object character(String text) {
        if (text.length() != 1) {
            throw new IllegalArgumentException("not one character");
        }
        return text.charAt(0);
    }

    private static BigDecimal number(String text) {
        if (text.length() > MAX_DIGITS) {
            throw new IllegalArgumentException("too long");
        }
        BigDecimal number = new BigDecimal(text);
        if (Math.abs((long) number.scale()) > MAX_DIGITS) {
            throw new IllegalArgumentException("too many digits");
        }
        return number;
    }
}
