package dev.dowel.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.GetResponse;
import dev.dowel.messaging.PublishException.Kind;
import dev.dowel.testservices.RabbitMq;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Names, values and sizes at their limits and beyond: they arrive as they are, or fail alone and typed. */
class HostileMessageTest {
    private static final EventType<String> TYPE = EventType.of("user.deleted", "1.0.0", String.class);
    private static final int LIMIT = 1_000;
    private static final String[] PIECES = {
        "a",
        "\u20ac",
        "\uD83D\uDE00",
        "\u0000",
        "\n",
        "\r\n",
        " ",
        "\"",
        "{",
        "x-",
        "\u00e4",
        "\u202e",
        "A",
        ".",
        "#",
        "*"
    };

    private PlainClient plain;
    private Messaging messaging;

    @BeforeEach
    void connect() throws Exception {
        URI vhost = RabbitMq.shared().newVhost();
        plain = new PlainClient(vhost);
        plain.declare("events", "all", "classic");
        messaging = Messaging.builder().uri(vhost.toString()).maxBodySize(LIMIT).build();
        messaging.start();
        assertThat(messaging.awaitConnected(Duration.ofSeconds(20))).isTrue();
    }

    @AfterEach
    void close() {
        messaging.close();
        plain.close();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void what_a_message_takes_arrives_unchanged(long seed) throws Exception {
        Random random = new Random(seed);
        Map<String, Map<String, String>> wanted = new LinkedHashMap<>();
        List<CompletableFuture<Receipt>> sent = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            Message<String> message = Message.of(TYPE, "b");
            Map<String, String> headers = new HashMap<>();
            for (int n = random.nextInt(4); n > 0; n--) {
                String name = text(random, 140);
                String value = text(random, random.nextInt(20) == 0 ? 9_000 : 100);
                try {
                    message = message.header(name, value);
                    headers.put(name, value);
                } catch (IllegalArgumentException e) {
                    assertThat(e).hasMessageNotContaining("\n");
                }
            }
            try {
                String key = text(random, 300);
                message = message.key(key);
                headers.put("message-key", key);
            } catch (IllegalArgumentException e) {
                assertThat(e).hasMessageContaining("1 to 255");
            }
            try {
                message = message.correlationId(text(random, 300));
            } catch (IllegalArgumentException e) {
                assertThat(e).hasMessageContaining("1 to 255");
            }
            headers.put("event-id", message.eventId());
            headers.put("message-version", "1.0.0");
            wanted.put(message.messageId(), headers);
            sent.add(messaging.publisher("events").publish(message).toCompletableFuture());
        }
        assertThat(sent).allSatisfy(one -> assertThat(one).succeedsWithin(Duration.ofSeconds(30)));
        Map<String, Map<String, String>> arrived = new LinkedHashMap<>();
        for (GetResponse one : plain.drain("all")) {
            Map<String, String> headers = new HashMap<>();
            one.getProps().getHeaders().forEach((name, value) -> headers.put(name, value.toString()));
            arrived.put(one.getProps().getMessageId(), headers);
        }
        assertThat(arrived).isEqualTo(wanted);
    }

    @Test
    void a_body_may_be_as_large_as_the_limit_and_no_larger_alone_or_in_a_set() throws Exception {
        Publisher publisher = messaging.publisher("events");

        publisher.publishAndWait(Message.of(TYPE, "x".repeat(LIMIT - 3)));
        publisher.publishAndWait(Message.of(TYPE, "x".repeat(LIMIT - 2)));
        assertThat(kind(() -> publisher.publishAndWait(Message.of(TYPE, "x".repeat(LIMIT - 1)))))
                .isEqualTo(Kind.TOO_LARGE);
        MessageSet set = MessageSet.create()
                .add(TYPE, "small")
                .add(EventType.of("user.deleted", "2.0.0", String.class), "x".repeat(LIMIT));
        assertThat(kind(() -> publisher.publishAndWait(set))).isEqualTo(Kind.TOO_LARGE);
        assertThat(kind(() -> publisher.tryPublish(set).toCompletableFuture().join()))
                .isEqualTo(Kind.TOO_LARGE);

        assertThat(plain.drain("all")).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void whatever_an_exchange_is_called_publishing_ends_in_an_outcome_and_others_go_on(long seed) {
        Random random = new Random(seed);
        CompletableFuture<Receipt> neighbour = null;
        for (int i = 0; i < 25; i++) {
            String name = i == 0 ? "\u20ac".repeat(85) : text(random, 300);
            if (name.isEmpty() || name.getBytes(StandardCharsets.UTF_8).length > 255) {
                assertThatThrownBy(() -> messaging.publisher(name)).isInstanceOf(IllegalArgumentException.class);
                continue;
            }
            assertThatThrownBy(() -> messaging.publisher(name).publishAndWait(Message.of(TYPE, "b")))
                    .isInstanceOfSatisfying(
                            PublishException.class, e -> assertThat(e.kind()).isIn(outcomes(name)));
            assertThat(messaging.awaitConnected(Duration.ofSeconds(20))).isTrue();
            neighbour =
                    messaging.publisher("events").publish(Message.of(TYPE, "b")).toCompletableFuture();
            assertThat(neighbour).succeedsWithin(Duration.ofSeconds(20));
        }
        assertThat(neighbour).isNotNull();
    }

    /**
     * RabbitMQ cuts its answers at 255 characters, from 4.0 on, and not at the 255 bytes that may be sent: an answer with a
     * long name outside of ASCII ends the connection instead, without a reason.
     */
    private static List<Kind> outcomes(String exchange) {
        int bytes = exchange.getBytes(StandardCharsets.UTF_8).length;
        List<Kind> outcomes = new ArrayList<>(List.of(Kind.UNROUTABLE, Kind.NO_EXCHANGE, Kind.REFUSED));
        if (bytes > 150 && bytes > exchange.length()) {
            outcomes.add(Kind.CONNECTION_LOST);
        }
        return outcomes;
    }

    private static Kind kind(Runnable publishing) {
        try {
            publishing.run();
            throw new AssertionError("It was confirmed");
        } catch (PublishException e) {
            return e.kind();
        } catch (CompletionException e) {
            return ((PublishException) e.getCause()).kind();
        }
    }

    private static String text(Random random, int longest) {
        StringBuilder text = new StringBuilder();
        int length = random.nextInt(5) == 0 ? random.nextInt(longest) : random.nextInt(12);
        while (text.length() < length) {
            text.append(PIECES[random.nextInt(PIECES.length)]);
        }
        return text.toString();
    }
}
