package dev.dowel.messaging.internal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.InvalidDefinitionException;
import dev.dowel.messaging.JsonCodec;
import java.io.IOException;
import java.util.Objects;

/**
 * JSON through Jackson 2. Messages of its exceptions are rebuilt, and the exceptions not passed on, because Jackson's own
 * hold pieces of the document.
 */
public final class Jackson2Codec implements JsonCodec {
    private static final String MODULE_HINT =
            "; register its module (jackson-datatype-jsr310 or -jdk8) on a mapper and use JsonCodec.jackson2(mapper)";

    private final ObjectMapper mapper;

    /**
     * Makes a codec over a copy of a mapper.
     *
     * @param mapper without default typing
     */
    public Jackson2Codec(ObjectMapper mapper) {
        Objects.requireNonNull(mapper, "mapper");
        if (mapper.getDeserializationConfig().getDefaultTyper(mapper.constructType(Object.class)) != null) {
            throw new IllegalArgumentException("mapper has default typing; use one without");
        }
        this.mapper = mapper.copy()
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    }

    @Override
    public byte[] encode(Object body) {
        try {
            return mapper.writeValueAsBytes(body);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "Cannot encode " + body.getClass().getName() + " as JSON: " + where(e));
        }
    }

    @Override
    public <T> T decode(byte[] json, Class<T> type) {
        T value;
        try {
            value = mapper.readValue(json, type);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("Cannot decode " + type.getName() + ": " + where(e));
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "Cannot decode " + type.getName() + ": " + e.getClass().getSimpleName());
        }
        if (value == null) {
            throw new IllegalArgumentException("Cannot decode " + type.getName() + ": the document is null");
        }
        return value;
    }

    /** Tells whether it is one of the classes that Jackson 2 leaves to modules of its own. */
    private static boolean needsModule(Class<?> type) {
        return type.getName().startsWith("java.time.") || type.getName().startsWith("java.util.Optional");
    }

    private static String where(JsonProcessingException e) {
        String kind = e.getClass().getSimpleName();
        if (e instanceof InvalidDefinitionException definition && definition.getType() != null) {
            Class<?> type = definition.getType().getRawClass();
            return kind + " for " + type.getName() + (needsModule(type) ? MODULE_HINT : "");
        }
        return e.getLocation() == null
                ? kind
                : kind + " at line " + e.getLocation().getLineNr() + ", column "
                        + e.getLocation().getColumnNr();
    }
}
