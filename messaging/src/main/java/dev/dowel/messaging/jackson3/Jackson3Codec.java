package dev.dowel.messaging.jackson3;

import dev.dowel.messaging.JsonCodec;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.exc.InvalidDefinitionException;
import tools.jackson.databind.json.JsonMapper;

/**
 * A codec over Jackson 3, with the rules of the one over Jackson 2: unknown properties are ignored, text after the document
 * is refused, no class is ever chosen by the text, and messages say where and never what.
 *
 * <pre>{@code
 * Messaging messaging = Messaging.builder().json(Jackson3Codec.create()).build();
 * }</pre>
 *
 * <p>Instances are safe for use by several threads.
 */
public final class Jackson3Codec implements JsonCodec {
    private final JsonMapper mapper;

    private Jackson3Codec(JsonMapper mapper) {
        this.mapper = mapper;
    }

    /**
     * Returns a codec that writes and reads what {@link JsonCodec#jackson2()} does, with Jackson 2's defaults for the order
     * of properties, missing primitives, enums and all else. Only dates differ: {@code java.time}, which a plain Jackson 2
     * mapper refuses, and {@code java.util.Date}, which it writes as a number, are ISO 8601 texts.
     *
     * @return the codec
     */
    public static Jackson3Codec create() {
        return of(JsonMapper.builderWithJackson2Defaults()
                .disable(DateTimeFeature.WRITE_DATES_AS_TIMESTAMPS, DateTimeFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
                .build());
    }

    /**
     * Returns a codec over a copy of the given mapper, with unknown properties ignored and text after the document refused.
     * All else is as the mapper has it; mind that Jackson 3 orders the properties of beans by name and refuses null for a
     * primitive unless told otherwise.
     *
     * @param mapper a Jackson 3 mapper
     * @return the codec
     * @throws IllegalArgumentException if the mapper has default typing, which lets a publisher choose classes
     */
    public static Jackson3Codec of(JsonMapper mapper) {
        Objects.requireNonNull(mapper, "mapper");
        if (mapper.deserializationConfig().getDefaultTyper(mapper.constructType(Object.class)) != null) {
            throw new IllegalArgumentException("mapper has default typing; use one without");
        }
        return new Jackson3Codec(mapper.rebuild()
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .build());
    }

    @Override
    public byte[] encode(Object body) {
        try {
            return mapper.writeValueAsBytes(body);
        } catch (JacksonException e) {
            throw new IllegalArgumentException(
                    "Cannot encode " + body.getClass().getName() + " as JSON: " + where(e));
        }
    }

    @Override
    public <T> T decode(byte[] json, Class<T> type) {
        @Nullable T value;
        try {
            value = mapper.readValue(json, type);
        } catch (JacksonException e) {
            throw new IllegalArgumentException("Cannot decode " + type.getName() + ": " + where(e));
        }
        if (value == null) {
            throw new IllegalArgumentException("Cannot decode " + type.getName() + ": the document is null");
        }
        return value;
    }

    private static String where(JacksonException e) {
        String kind = e.getClass().getSimpleName();
        if (e instanceof InvalidDefinitionException definition && definition.getType() != null) {
            return kind + " for " + definition.getType().getRawClass().getName();
        }
        @Nullable TokenStreamLocation location = e.getLocation();
        return location == null
                ? kind
                : kind + " at line " + location.getLineNr() + ", column " + location.getColumnNr();
    }
}
