package dev.dowel.remotemodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.dowel.remotemodel.jackson3.Jackson3Codec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Date;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.DefaultTyping;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.jsontype.BasicPolymorphicTypeValidator;

class Jackson3CodecTest extends CodecContract {

    @Override
    JsonCodec plain() {
        return Jackson3Codec.create();
    }

    @Override
    JsonCodec withTime() {
        return Jackson3Codec.create();
    }

    @Override
    JsonCodec withoutNulls() {
        JsonInclude.Value none =
                JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.NON_NULL);
        return Jackson3Codec.of(JsonMapper.builder()
                .changeDefaultPropertyInclusion(before -> none)
                .withConfigOverride(Map.class, override -> override.setInclude(none))
                .build());
    }

    @Override
    void withDefaultTyping() {
        Jackson3Codec.of(JsonMapper.builder()
                .activateDefaultTyping(BasicPolymorphicTypeValidator.builder().build(), DefaultTyping.NON_FINAL)
                .build());
    }

    @Test
    void a_mapper_with_the_defaults_of_jackson_3_keeps_them() throws IOException {
        JsonCodec codec = Jackson3Codec.of(JsonMapper.shared());

        assertThat(new String(codec.encode(new Bean()), StandardCharsets.UTF_8))
                .isEqualTo("{\"apple\":0,\"bytes\":null,\"hot\":false,\"next\":null,\"zebra\":null}");
        assertThatThrownBy(() -> codec.decode("{\"price\":null}".getBytes(StandardCharsets.UTF_8), Book.class))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("MismatchedInputException at .price");
    }

    @Test
    void unknown_properties_and_text_after_the_document_are_the_codecs_affair() throws IOException {
        JsonCodec codec = Jackson3Codec.of(JsonMapper.builder()
                .enable(tools.jackson.databind.DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .disable(tools.jackson.databind.DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .build());

        assertThat(codec.decode("{\"x\":1,\"price\":2}".getBytes(StandardCharsets.UTF_8), Book.class))
                .isEqualTo(new Book(null, null, 2, null));
        assertThatThrownBy(() -> codec.decode("{\"price\":2} {}".getBytes(StandardCharsets.UTF_8), Book.class))
                .isInstanceOf(IOException.class);
    }

    @Test
    @SuppressWarnings("JavaUtilDate") // Entities of others have it.
    void only_dates_differ_from_jackson_2() throws IOException {
        Date date = Date.from(Instant.parse("2026-01-02T03:04:05.678Z"));

        assertThat(new String(JsonCodec.jackson2().encode(date), StandardCharsets.UTF_8))
                .isEqualTo(Long.toString(date.getTime()));
        assertThat(new String(plain().encode(date), StandardCharsets.UTF_8))
                .isEqualTo("\"2026-01-02T03:04:05.678+00:00\"");
        assertThat(plain().decode(JsonCodec.jackson2().encode(date), Date.class))
                .isEqualTo(date);
    }
}
