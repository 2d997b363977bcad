package dev.dowel.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.jsontype.BasicPolymorphicTypeValidator;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class Jackson2CodecTest extends CodecContract {
    record Named(String userName) {}

    record Timed(Instant at, Optional<String> by) {}

    @Override
    JsonCodec codec() {
        return JsonCodec.jackson2();
    }

    @Override
    JsonCodec withDefaultTyping() {
        return JsonCodec.jackson2(JsonMapper.builder()
                .activateDefaultTyping(
                        BasicPolymorphicTypeValidator.builder().build(), ObjectMapper.DefaultTyping.NON_FINAL)
                .build());
    }

    @Test
    void a_mapper_of_ones_own_keeps_its_ways_and_its_codec_is_not_changed_with_it() {
        ObjectMapper mapper = JsonMapper.builder()
                .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .build();
        JsonCodec codec = JsonCodec.jackson2(mapper);
        mapper.setPropertyNamingStrategy(PropertyNamingStrategies.LOWER_CAMEL_CASE);

        assertThat(new String(codec.encode(new Named("ann")), StandardCharsets.UTF_8))
                .isEqualTo("{\"user_name\":\"ann\"}");
        assertThat(codec.decode("{\"user_name\":\"ann\",\"x\":1}".getBytes(StandardCharsets.UTF_8), Named.class))
                .isEqualTo(new Named("ann"));
        assertThat(mapper.isEnabled(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES))
                .isTrue();
    }

    @Test
    void a_class_that_needs_a_module_is_told_with_what_to_do() {
        byte[] json = "{\"at\":\"2026-01-01T00:00:00Z\"}".getBytes(StandardCharsets.UTF_8);
        for (Object odd : List.of(new Timed(Instant.EPOCH, Optional.empty()), Optional.of("x"))) {
            assertThatThrownBy(() -> codec().encode(odd)).hasMessageContaining("JsonCodec.jackson2(mapper)");
        }
        assertThatThrownBy(() -> codec().decode(json, Timed.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("for java.time.Instant; register its module")
                .hasMessageContaining("JsonCodec.jackson2(mapper)");
        assertThatThrownBy(() -> codec().encode(new Opaque())).hasMessageNotContaining("module");
    }
}
