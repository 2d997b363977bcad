package dev.dowel.messaging.internal;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.impl.LongStringHelper;
import java.time.Instant;
import java.util.Date;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The bound that saves encoding the properties, against the client's own encoding. */
class HeaderSizeTest {
    private static final String[] LETTERS = {"a", "\u00e4", "\u20ac", "\ud83d\ude00", "\ud83d", "\ude00", "\u0000"};

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void what_has_a_bound_can_be_encoded_and_is_never_larger(long seed) throws Exception {
        Random random = new Random(seed);
        int bounded = 0;
        for (int i = 0; i < 20_000; i++) {
            AMQP.BasicProperties properties = properties(random);
            OptionalInt bound = HeaderSize.atMost(properties);
            if (bound.isPresent()) {
                bounded++;
                assertThat(properties.toFrame(1, 1_000_000).size())
                        .as(properties.toString())
                        .isLessThanOrEqualTo(bound.getAsInt());
            }
        }
        assertThat(bounded).isBetween(2_000, 19_999);
    }

    @Test
    void what_the_library_sends_has_a_bound() {
        Map<String, Object> headers = new HashMap<>();
        headers.put("event-id", "0196b1a4-7c1e-7e3b-9f6a-2f2f4d8e9c11");
        headers.put("message-version", "1.0.0");
        headers.put("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        headers.put("message-attempt", 2);
        AMQP.BasicProperties properties = new AMQP.BasicProperties.Builder()
                .messageId("0196b1a4-7c1e-7e3b-9f6a-2f2f4d8e9c11")
                .contentType("application/json")
                .type("user.deleted")
                .timestamp(Date.from(Instant.EPOCH))
                .deliveryMode(2)
                .headers(headers)
                .build();

        assertThat(HeaderSize.atMost(properties).orElseThrow()).isLessThan(4_096);
    }

    @Test
    void what_may_not_be_encodable_has_none() {
        assertThat(HeaderSize.atMost(new AMQP.BasicProperties.Builder()
                        .messageId("\u20ac".repeat(86))
                        .build()))
                .isEmpty();
        assertThat(HeaderSize.atMost(headers("x".repeat(256), "v"))).isEmpty();
        assertThat(HeaderSize.atMost(headers("x", new Object()))).isEmpty();
        assertThat(HeaderSize.atMost(headers("x", null))).isEmpty();
    }

    private static AMQP.BasicProperties headers(String name, Object value) {
        Map<String, Object> headers = new HashMap<>();
        headers.put(name, value);
        return new AMQP.BasicProperties.Builder().headers(headers).build();
    }

    private static AMQP.BasicProperties properties(Random random) {
        Map<String, Object> headers = new HashMap<>();
        for (int i = random.nextInt(10); i > 0; i--) {
            headers.put(text(random, 40), value(random));
        }
        return new AMQP.BasicProperties.Builder()
                .contentType(maybe(random))
                .contentEncoding(maybe(random))
                .correlationId(maybe(random))
                .replyTo(maybe(random))
                .expiration(maybe(random))
                .messageId(maybe(random))
                .type(maybe(random))
                .userId(maybe(random))
                .appId(maybe(random))
                .clusterId(maybe(random))
                .deliveryMode(random.nextBoolean() ? 2 : null)
                .priority(random.nextBoolean() ? 9 : null)
                .timestamp(
                        random.nextBoolean()
                                ? Date.from(Instant.ofEpochSecond(random.nextInt(Integer.MAX_VALUE)))
                                : null)
                .headers(random.nextInt(5) == 0 ? null : headers)
                .build();
    }

    private static Object value(Random random) {
        return switch (random.nextInt(30)) {
            case 0 -> null;
            case 1 -> Map.of("x", 1);
            case 2, 3, 4, 5 -> random.nextLong();
            case 6, 7, 8 -> random.nextInt();
            case 9, 10 -> random.nextBoolean();
            case 11, 12, 13 -> LongStringHelper.asLongString(text(random, 2_000));
            default -> text(random, 2_000);
        };
    }

    private static String maybe(Random random) {
        return random.nextBoolean() ? null : text(random, random.nextInt(20) == 0 ? 100 : 80);
    }

    /** Returns a text of up to so many chars, all of one letter and so at times as long as can be. */
    private static String text(Random random, int most) {
        String letter = LETTERS[random.nextInt(LETTERS.length)];
        return letter.repeat(random.nextInt(most) / letter.length());
    }
}
