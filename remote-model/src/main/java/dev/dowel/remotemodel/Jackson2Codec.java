package dev.dowel.remotemodel;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.module.SimpleModule;
import java.io.IOException;
import java.lang.reflect.Type;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Jackson 2. Its exceptions quote the text, so only their kind and position are passed on. */
final class Jackson2Codec implements JsonCodec {

    private final ObjectMapper mapper;

    Jackson2Codec(ObjectMapper mapper) {
        Objects.requireNonNull(mapper, "mapper");
        if (mapper.getDeserializationConfig().getDefaultTyper(mapper.constructType(Object.class)) != null) {
            throw new IllegalArgumentException("mapper has default typing; use one without");
        }
        this.mapper = mapper.copy()
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .registerModule(new SimpleModule("dowel").addSerializer(Patch.Fields.class, new ExplicitNulls()));
    }

    @Override
    public byte[] encode(Object value) throws IOException {
        try {
            return mapper.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new IOException(where(e));
        }
    }

    @Override
    public Object decode(byte[] json, Type type) throws IOException {
        Object value;
        try {
            value = mapper.readValue(json, mapper.constructType(type));
        } catch (JsonProcessingException e) {
            throw new IOException(where(e));
        }
        if (value == null) {
            throw new IOException("the text is null");
        }
        return value;
    }

    /** In a patch null clears a field, so nulls are written even by a mapper that leaves them out. */
    private static final class ExplicitNulls extends JsonSerializer<Patch.Fields> {
        @Override
        public void serialize(Patch.Fields fields, JsonGenerator out, SerializerProvider provider) throws IOException {
            out.writeStartObject();
            for (Map.Entry<String, @Nullable Object> field : fields.entrySet()) {
                provider.defaultSerializeField(field.getKey(), field.getValue(), out);
            }
            out.writeEndObject();
        }
    }

    private static String where(JsonProcessingException e) {
        StringBuilder where = new StringBuilder(e.getClass().getSimpleName());
        if (e instanceof JsonMappingException mapping && !mapping.getPath().isEmpty()) {
            where.append(" at ");
            mapping.getPath().forEach(step -> append(where, step));
        }
        @Nullable JsonLocation location = e.getLocation();
        if (location != null) {
            where.append(" in line ")
                    .append(location.getLineNr())
                    .append(", column ")
                    .append(location.getColumnNr());
        }
        return where.toString();
    }

    private static void append(StringBuilder where, JsonMappingException.Reference step) {
        if (step.getFieldName() == null) {
            where.append('[').append(step.getIndex()).append(']');
        } else {
            where.append('.').append(JsonCodec.shownName(step.getFrom(), step.getFieldName()));
        }
    }
}
