package dev.dowel.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.GetResponse;
import dev.dowel.testservices.RabbitMq;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What goes over the wire, as somebody without this library sees it, and what somebody without it may send. */
class EnvelopeTest {
    record Deleted(long id) {}

    private static final EventType<Deleted> TYPE = EventType.of("user.deleted", "1.2.0", Deleted.class);

    private PlainClient plain;
    private Messaging messaging;

    @BeforeEach
    void connect() throws Exception {
        URI vhost = RabbitMq.shared().newVhost();
        plain = new PlainClient(vhost);
        messaging = Messaging.builder()
                .uri(vhost.toString())
                .connectionName("user-service")
                .build();
        messaging.start();
        assertThat(messaging.awaitConnected(Duration.ofSeconds(20))).isTrue();
    }

    @AfterEach
    void close() {
        messaging.close();
        plain.close();
    }

    @Test
    void a_message_says_what_it_is_in_properties_and_headers_that_no_broker_owns() throws Exception {
        // A quorum queue would add a header of its own.
        plain.declare("events", "all", "classic");
        Message<Deleted> message = Message.of(TYPE, new Deleted(7))
                .key("7")
                .correlationId("request-1")
                .eventId("event-1")
                .header("traceparent", "00-1-2-01");
        long before = System.currentTimeMillis() / 1_000;

        messaging.publisher("events").publishAndWait(message);

        List<GetResponse> received = plain.drain("all");
        assertThat(received).hasSize(1);
        AMQP.BasicProperties properties = received.get(0).getProps();
        assertThat(received.get(0).getEnvelope().getRoutingKey()).isEqualTo("user.deleted.1.2.0");
        assertThat(new String(received.get(0).getBody(), StandardCharsets.UTF_8))
                .isEqualTo("{\"id\":7}");
        assertThat(properties.getMessageId()).isEqualTo(message.messageId());
        assertThat(UUID.fromString(properties.getMessageId()).version()).isEqualTo(7);
        assertThat(properties.getType()).isEqualTo("user.deleted");
        assertThat(properties.getContentType()).isEqualTo("application/json");
        assertThat(properties.getContentEncoding()).isNull();
        assertThat(properties.getTimestamp().toInstant().getEpochSecond())
                .isBetween(before, System.currentTimeMillis() / 1_000);
        assertThat(properties.getAppId()).isEqualTo("user-service");
        assertThat(properties.getCorrelationId()).isEqualTo("request-1");
        assertThat(properties.getDeliveryMode()).isEqualTo(2);
        assertThat(properties.getExpiration()).isNull();
        assertThat(properties.getUserId()).isNull();
        Map<String, String> headers = new HashMap<>();
        properties.getHeaders().forEach((name, value) -> headers.put(name, value.toString()));
        assertThat(headers)
                .isEqualTo(Map.of(
                        "event-id",
                        "event-1",
                        "message-version",
                        "1.2.0",
                        "message-key",
                        "7",
                        "traceparent",
                        "00-1-2-01"));
    }

    @Test
    void without_key_event_id_and_correlation_the_event_id_is_the_message_id_and_the_rest_is_absent() throws Exception {
        plain.declare("events", "all", "classic");
        Message<Deleted> message = Message.of(TYPE, new Deleted(7));

        messaging.publisher("events").publishAndWait(message);

        AMQP.BasicProperties properties = plain.drain("all").get(0).getProps();
        assertThat(properties.getCorrelationId()).isNull();
        assertThat(properties.getHeaders()).containsOnlyKeys("event-id", "message-version");
        assertThat(properties.getHeaders().get("event-id")).hasToString(message.messageId());
    }

    @Test
    void json_of_somebody_who_sets_no_header_at_all_is_handled() throws Exception {
        List<String> handled = new CopyOnWriteArrayList<>();
        Subscription subscription = messaging
                .subscribe("likes.user-deleted")
                .bind("events", "user.deleted", VersionRange.parse("^1.0.0"))
                .handler(
                        Deleted.class,
                        (body, delivery) -> handled.add(body.id() + " "
                                + delivery.version().map(Version::toString).orElse("-") + " "
                                + delivery.messageId().orElse("-") + " "
                                + delivery.key().orElse("-") + " " + delivery.attempt()));
        await().atMost(Duration.ofSeconds(30)).until(subscription::active);
        byte[] body = "{\"id\":7,\"unknown\":true}".getBytes(StandardCharsets.UTF_8);

        plain.channel().basicPublish("events", "user.deleted.1.2.0", null, body);
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(handled).containsExactly("7 1.2.0 - - 1"));

        // Past the exchange, by its queue's name.
        plain.channel().basicPublish("", "likes.user-deleted", new AMQP.BasicProperties(), body);
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(handled).containsExactly("7 1.2.0 - - 1", "7 - - - 1"));
    }
}
