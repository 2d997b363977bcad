package dev.dowel.remotemodel;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.util.Map;

class Jackson2CodecTest extends CodecContract {

    @Override
    JsonCodec plain() {
        return JsonCodec.jackson2();
    }

    @Override
    JsonCodec withTime() {
        return JsonCodec.jackson2(new ObjectMapper()
                .registerModule(new JavaTimeModule())
                .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
                .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS));
    }

    @Override
    JsonCodec withoutNulls() {
        JsonInclude.Value none =
                JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.NON_NULL);
        ObjectMapper mapper = new ObjectMapper().setDefaultPropertyInclusion(none);
        mapper.configOverride(Map.class).setInclude(none);
        return JsonCodec.jackson2(mapper);
    }

    @Override
    void withDefaultTyping() {
        ObjectMapper mapper = new ObjectMapper();
        mapper.activateDefaultTyping(mapper.getPolymorphicTypeValidator());
        JsonCodec.jackson2(mapper);
    }
}
