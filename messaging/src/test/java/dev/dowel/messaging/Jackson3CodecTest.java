package dev.dowel.messaging;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dowel.messaging.jackson3.Jackson3Codec;
import dev.dowel.messaging.testing.InMemoryMessaging;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.DefaultTyping;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.jsontype.BasicPolymorphicTypeValidator;

class Jackson3CodecTest extends CodecContract {
    record At(Instant time) {}

    @Override
    JsonCodec codec() {
        return Jackson3Codec.create();
    }

    @Override
    JsonCodec withDefaultTyping() {
        return Jackson3Codec.of(JsonMapper.builder()
                .activateDefaultTyping(BasicPolymorphicTypeValidator.builder().build(), DefaultTyping.NON_FINAL)
                .build());
    }

    @Test
    void java_time_is_iso_8601() {
        At at = new At(Instant.parse("2026-01-02T03:04:05.678Z"));
        assertThat(new String(codec().encode(at), StandardCharsets.UTF_8))
                .isEqualTo("{\"time\":\"2026-01-02T03:04:05.678Z\"}");
        assertThat(codec().decode(codec().encode(at), At.class)).isEqualTo(at);
    }

    @Test
    void messaging_publishes_and_handles_through_it() {
        InMemoryMessaging messaging = new InMemoryMessaging(Jackson3Codec.create());
        List<At> handled = new ArrayList<>();
        messaging.start();
        Subscription unused = messaging
                .subscribe("q")
                .bind("events", "a", VersionRange.parse("^1.0.0"))
                .handler(At.class, (body, delivery) -> handled.add(body));
        At at = new At(Instant.EPOCH);

        messaging.publisher("events").publishAndWait(Message.of(EventType.of("a", "1.0.0", At.class), at));

        assertThat(handled).containsExactly(at);
    }
}
