package dev.dowel.messaging.internal;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Envelope;
import com.rabbitmq.client.LongString;
import com.rabbitmq.client.impl.LongStringHelper;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a message was published to, which anybody may claim in a header. */
class RabbitDeliveryTest {
    private static final String LONGEST = "a".repeat(249) + ".1.0.0";

    @ParameterizedTest
    @ValueSource(strings = {"failure-routing-key", "message-routing-key"})
    void a_routing_key_in_a_header_is_ignored_when_it_is_longer_than_255_bytes(String header) {
        assertThat(delivery(Map.of(header, LONGEST)).routingKey()).isEqualTo(LONGEST);
        assertThat(delivery(Map.of(header, "a" + LONGEST)).routingKey()).isEqualTo("user.deleted.1.0.0");
        assertThat(delivery(Map.of(header, "a".repeat(120_000) + ".1.0.0")).eventName())
                .contains("user.deleted");
        // Fewer characters, more bytes.
        assertThat(delivery(Map.of(header, "\u00e4".repeat(128))).routingKey()).isEqualTo("user.deleted.1.0.0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"failure-exchange", "message-exchange"})
    void an_exchange_in_a_header_is_ignored_when_it_is_longer_than_255_bytes(String header) {
        assertThat(delivery(Map.of(header, "e".repeat(255))).exchange()).hasSize(255);
        assertThat(delivery(Map.of(header, "e".repeat(256))).exchange()).isEqualTo("events");
    }

    private static RabbitDelivery delivery(Map<String, String> headers) {
        Map<String, Object> asSent = new java.util.HashMap<>();
        headers.forEach((name, value) -> {
            LongString text = LongStringHelper.asLongString(value);
            asSent.put(name, text);
        });
        return new RabbitDelivery(
                new Envelope(1, false, "events", "user.deleted.1.0.0"),
                new AMQP.BasicProperties.Builder().headers(asSent).build(),
                new byte[0]);
    }
}
