package dev.dowel.messaging.internal;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Envelope;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FailureHeadersTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "x-death",
                "x-first-death-queue",
                "x-first-death-reason",
                "x-last-death-exchange",
                "x-delivery-count",
                "x-acquired-count",
                "CC",
                "BCC",
                "cc",
                "X-Death"
            })
    void b4_copies_have_none_of_the_brokers_own_headers_and_none_that_makes_more_copies(String name) {
        AMQP.BasicProperties original = new AMQP.BasicProperties.Builder()
                .headers(Map.of(name, List.of("elsewhere"), "theirs", "kept"))
                .build();
        RabbitDelivery delivery =
                new RabbitDelivery(new Envelope(1, false, "events", "user.deleted.1.0.0"), original, new byte[0]);

        assertThat(FailureHeaders.retry(delivery, "likes", new IllegalStateException(), 2)
                        .getHeaders())
                .doesNotContainKey(name)
                .containsKey("theirs");
    }
}
