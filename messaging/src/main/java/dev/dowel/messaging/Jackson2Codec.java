package dev.dowel.messaging;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;

/** JSON through Jackson 2. Messages of its exceptions are rebuilt, because Jackson's own hold pieces of the document. */
final class Jackson2Codec implements JsonCodec {
    private final ObjectMapper mapper;

    Jackson2Codec(ObjectMapper mapper) {
        this.mapper = mapper;
    }

    static Jackson2Codec standard() {
        return new Jackson2Codec(JsonMapper.builder()
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .build());
    }

    @Override
    public byte[] encode(Object body) {
        try {
            return mapper.writeValueAsBytes(body);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "Cannot encode " + body.getClass().getName() + " as JSON: "
                            + e.getClass().getSimpleName(),
                    e);
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

    private static String where(JsonProcessingException e) {
        String kind = e.getClass().getSimpleName();
        return e.getLocation() == null
                ? kind
                : kind + " at line " + e.getLocation().getLineNr() + ", column "
                        + e.getLocation().getColumnNr();
    }
}
