package dev.dowel.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import dev.dowel.messaging.PublishException.Kind;
import dev.dowel.testservices.RabbitMq;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A message that client or broker refuse: it is told apart from its neighbours on the shared channel. */
class RefusedPublicationTest {
    record Body(String text) {}

    private static final EventType<Body> TYPE = EventType.of("user.deleted", "1.0.0", Body.class);
    private static final String USER = "limited";
    private static RabbitMq broker;

    private final List<AutoCloseable> open = new ArrayList<>();
    private URI vhost;

    @BeforeAll
    static void startBroker() {
        broker = RabbitMq.start();
        broker.ctl("add_user", USER, "guest");
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @BeforeEach
    void newVhost() throws Exception {
        vhost = broker.newVhost();
        try (Connection connection = connect();
                Channel channel = connection.createChannel()) {
            for (String exchange : List.of("events", "forbidden")) {
                channel.exchangeDeclare(exchange, "topic", true);
                channel.queueDeclare(exchange, true, false, false, Map.of("x-queue-type", "quorum"));
                channel.queueBind(exchange, exchange, "#");
            }
        }
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : open) {
            one.close();
        }
    }

    @Test
    void headers_that_fit_no_frame_are_refused_before_they_are_sent_and_no_neighbour_notices() {
        Publisher events = messaging(vhost).publisher("events");
        events.publishAndWait(message("first"));
        Message<Body> large = message("large");
        for (int i = 0; i < 17; i++) {
            large = large.header("h" + i, "x".repeat(8_192));
        }
        List<CompletionStage<Receipt>> neighbours = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            neighbours.add(events.publish(message("n" + i)));
        }

        assertThat(kind(events.publish(large))).isEqualTo(Kind.TOO_LARGE);

        assertThat(neighbours).allSatisfy(one -> assertThat(one).succeedsWithin(Duration.ofSeconds(20)));
    }

    @Test
    void a_header_whose_name_is_too_long_for_the_protocol_is_refused_when_it_is_set() {
        assertThatThrownBy(() -> message("m").header("\u20ac".repeat(128), "v"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("255 bytes in UTF-8");
    }

    @Test
    void properties_that_the_client_cannot_write_fail_alone() {
        Publisher events = messaging(vhost).publisher("events");
        events.publishAndWait(message("first"));
        List<CompletionStage<Receipt>> neighbours = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            neighbours.add(events.publish(message("n" + i)));
        }

        assertThat(kind(events.publish(withHeader("\u20ac".repeat(128), "v")))).isEqualTo(Kind.REFUSED);

        assertThat(neighbours).allSatisfy(one -> assertThat(one).succeedsWithin(Duration.ofSeconds(20)));
    }

    @Test
    void an_exchange_that_may_not_be_written_to_is_told_and_from_then_on_harms_no_neighbour() {
        broker.ctl("set_permissions", "-p", vhost.getPath().substring(1), USER, ".*", "events|amq.default", ".*");
        Messaging messaging = messaging(URI.create(vhost.toString().replace("guest:guest", USER + ":guest")));
        Publisher events = messaging.publisher("events");
        Publisher forbidden = messaging.publisher("forbidden");

        assertThat(kind(forbidden.publish(message("first")))).isEqualTo(Kind.REFUSED);

        List<CompletionStage<Receipt>> neighbours = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            for (int n = 0; n < 5; n++) {
                neighbours.add(events.publish(message("n" + i + "." + n)));
            }
            assertThat(kind(forbidden.publish(message("f" + i)))).isEqualTo(Kind.REFUSED);
        }
        assertThat(neighbours).allSatisfy(one -> assertThat(one).succeedsWithin(Duration.ofSeconds(20)));

        broker.ctl("set_permissions", "-p", vhost.getPath().substring(1), USER, ".*", ".*", ".*");
        await().atMost(Duration.ofSeconds(20))
                .ignoreExceptions()
                .untilAsserted(() -> forbidden.publishAndWait(message("granted")));
        assertThat(forbidden.publish(message("again"))).succeedsWithin(Duration.ofSeconds(20));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 200})
    void a_routing_key_that_may_not_be_used_harms_neighbours_on_its_exchange_once_however_often_it_is_published(
            int length) {
        String path = vhost.getPath().substring(1);
        EventType<Body> forbidden = EventType.of("secret." + "x".repeat(length), "1.0.0", Body.class);
        broker.ctl("set_permissions", "-p", path, USER, ".*", ".*", ".*");
        broker.ctl("set_topic_permissions", "-p", path, USER, "events", "^user", ".*");
        Messaging messaging = messaging(URI.create(vhost.toString().replace("guest:guest", USER + ":guest")));
        Publisher events = messaging.publisher("events");
        assertThat(kind(events.publish(Message.of(forbidden, new Body("first")))))
                .isEqualTo(Kind.REFUSED);

        List<CompletionStage<Receipt>> neighbours = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            for (int n = 0; n < 5; n++) {
                neighbours.add(events.publish(message("n" + i + "." + n)));
            }
            assertThat(kind(events.publish(Message.of(forbidden, new Body("f" + i)))))
                    .isEqualTo(Kind.REFUSED);
        }

        assertThat(neighbours).allSatisfy(one -> assertThat(one).succeedsWithin(Duration.ofSeconds(20)));
        broker.ctl("clear_topic_permissions", "-p", path, USER);
        await().atMost(Duration.ofSeconds(20))
                .ignoreExceptions()
                .untilAsserted(() -> events.publishAndWait(Message.of(forbidden, new Body("granted"))));
    }

    @Test
    void what_is_larger_than_the_broker_takes_is_told_and_from_then_on_harms_no_neighbour() {
        try (RabbitMq strict = RabbitMq.start(List.of("max_message_size = 10000"));
                Messaging messaging = messaging(strict.uri())) {
            Publisher events = messaging.publisher("events");
            Message<Body> large = message("x".repeat(20_000)).requireRoute(RouteRequirement.NONE);
            assertThat(kind(events.publish(large))).isEqualTo(Kind.TOO_LARGE);

            List<CompletionStage<Receipt>> neighbours = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                for (int n = 0; n < 20; n++) {
                    neighbours.add(events.publish(message("n" + i + "." + n).requireRoute(RouteRequirement.NONE)));
                }
                assertThat(kind(events.publish(large))).isEqualTo(Kind.TOO_LARGE);
            }
            assertThat(neighbours).allSatisfy(one -> assertThat(one).succeedsWithin(Duration.ofSeconds(20)));
        }
    }

    @Test
    void of_many_that_may_have_closed_the_channel_the_guilty_one_is_found_when_they_are_published_again() {
        Publisher events = messaging(vhost).publisher("events");
        events.publishAndWait(message("first"));
        EncodedMessage guilty = withHeader("CC", "no array");
        List<EncodedMessage> all = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            all.add(i == 50 ? guilty : message("n" + i).encode(JsonCodec.jackson2()));
        }

        Map<EncodedMessage, Kind> failed = publish(events, all);
        assertThat(failed).containsKey(guilty);
        failed.remove(guilty);
        assertThat(failed.values()).allMatch(Kind.CONNECTION_LOST::equals);
        failed.put(guilty, Kind.CONNECTION_LOST);

        assertThat(publish(events, failed.keySet())).isEqualTo(Map.of(guilty, Kind.REFUSED));
    }

    private static Map<EncodedMessage, Kind> publish(Publisher events, Iterable<EncodedMessage> all) {
        Map<EncodedMessage, CompletableFuture<Receipt>> sent = new HashMap<>();
        all.forEach(one -> sent.put(one, events.publish(one).toCompletableFuture()));
        Map<EncodedMessage, Kind> failed = new HashMap<>();
        sent.forEach((one, outcome) -> {
            if (outcome.handle((receipt, e) -> e != null).join()) {
                failed.put(one, kind(outcome));
            }
        });
        return failed;
    }

    private static Message<Body> message(String text) {
        return Message.of(TYPE, new Body(text));
    }

    /** Returns what an outbox may hold, though {@link Message} does not take such a header. */
    private static EncodedMessage withHeader(String name, String value) {
        EncodedMessage plain = message("plain").encode(JsonCodec.jackson2());
        Map<String, String> headers = new HashMap<>(plain.headers());
        headers.put(name, value);
        return new EncodedMessage(
                plain.messageId(),
                plain.eventId(),
                plain.type(),
                plain.routingKey(),
                plain.key(),
                plain.correlationId(),
                plain.contentType(),
                headers,
                plain.body(),
                plain.route());
    }

    private static Kind kind(CompletionStage<Receipt> outcome) {
        return outcome.handle((receipt, e) -> {
                    assertThat(e).isInstanceOf(PublishException.class);
                    return ((PublishException) e).kind();
                })
                .toCompletableFuture()
                .join();
    }

    private Connection connect() throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(vhost.toString());
        return factory.newConnection();
    }

    private Messaging messaging(URI uri) {
        Messaging messaging = Messaging.builder()
                .uri(uri.toString())
                .connectionName("refused")
                .build();
        open.add(messaging);
        messaging.start();
        assertThat(messaging.awaitConnected(Duration.ofSeconds(20))).isTrue();
        return messaging;
    }
}
