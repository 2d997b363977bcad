package dev.dowel.remotemodel.jackson3;

import dev.dowel.remotemodel.JsonCodec;
import dev.dowel.remotemodel.Patch;
import java.io.IOException;
import java.lang.reflect.Type;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;

/**
 * A codec over Jackson 3, with the rules of the one over Jackson 2: unknown properties are ignored, text after the document
 * is refused, no type is ever chosen by the text, a patch keeps its nulls, and messages say where and never what.
 *
 * <pre>{@code
 * RemoteService.builder("users", base).json(Jackson3Codec.create()).build();
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
     * @throws IllegalArgumentException when the mapper has default typing, which lets a provider choose classes
     */
    public static Jackson3Codec of(JsonMapper mapper) {
        Objects.requireNonNull(mapper, "mapper");
        if (mapper.deserializationConfig().getDefaultTyper(mapper.constructType(Object.class)) != null) {
            throw new IllegalArgumentException("mapper has default typing; use one without");
        }
        return new Jackson3Codec(mapper.rebuild()
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .addModule(new SimpleModule("dowel").addSerializer(Patch.Fields.class, new ExplicitNulls()))
                .build());
    }

    @Override
    public byte[] encode(Object value) throws IOException {
        try {
            return mapper.writeValueAsBytes(value);
        } catch (JacksonException e) {
            throw new IOException(where(e));
        }
    }

    @Override
    public Object decode(byte[] json, Type type) throws IOException {
        @Nullable Object value;
        try {
            value = mapper.readValue(json, mapper.constructType(type));
        } catch (JacksonException e) {
            throw new IOException(where(e));
        }
        if (value == null) {
            throw new IOException("the text is null");
        }
        return value;
    }

    /** In a patch null clears a field, so nulls are written even by a mapper that leaves them out. */
    private static final class ExplicitNulls extends ValueSerializer<Patch.Fields> {
        @Override
        public void serialize(Patch.Fields fields, JsonGenerator out, SerializationContext context) {
            out.writeStartObject();
            for (Map.Entry<String, @Nullable Object> field : fields.entrySet()) {
                context.defaultSerializeProperty(field.getKey(), field.getValue(), out);
            }
            out.writeEndObject();
        }
    }

    private static String where(JacksonException e) {
        StringBuilder where = new StringBuilder(e.getClass().getSimpleName());
        if (!e.getPath().isEmpty()) {
            where.append(" at ");
            e.getPath().forEach(step -> append(where, step));
        }
        @Nullable TokenStreamLocation location = e.getLocation();
        if (location != null) {
            where.append(" in line ")
                    .append(location.getLineNr())
                    .append(", column ")
                    .append(location.getColumnNr());
        }
        return where.toString();
    }

    private static void append(StringBuilder where, JacksonException.Reference step) {
        if (step.getPropertyName() == null) {
            where.append('[').append(step.getIndex()).append(']');
        } else {
            where.append('.').append(JsonCodec.shownName(step.from(), step.getPropertyName()));
        }
    }
}
