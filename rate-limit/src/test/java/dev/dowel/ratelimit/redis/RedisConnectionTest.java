package dev.dowel.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dowel.ratelimit.BucketStoreException;
import dev.dowel.ratelimit.ClientAddress;
import dev.dowel.ratelimit.RateLimitRule;
import dev.dowel.testservices.Redis;
import io.github.bucket4j.TimeMeter;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedisConnectionTest {
    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a:b", "ä", "12345678901234567890123456789012345678901234567890123456789012345"})
    void a_prefix_of_another_form_is_refused_at_once(String prefix) {
        RedisBucketStore.Builder builder =
                RedisBucketStore.builder(Redis.shared().uri()).prefix(prefix);
        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("prefix has 1 to 64 characters");
    }

    @Test
    void a_connection_that_cannot_be_used_is_closed() {
        try (Redis redis = Redis.start()) {
            // bucket4j refuses a clock that other instances cannot have.
            RedisBucketStore store = RedisBucketStore.builder(redis.uri())
                    .clock(TimeMeter.SYSTEM_NANOTIME)
                    .build();
            RedisClient client = RedisClient.create(redis.uri().toString());
            try (StatefulRedisConnection<String, String> connection = client.connect()) {
                for (int i = 0; i < 20; i++) {
                    assertThatThrownBy(() -> store.tryConsume(
                                    RateLimitRule.perIp(1, Duration.ofSeconds(1)),
                                    ClientAddress.parse("192.0.2.7").orElseThrow(),
                                    1))
                            .isInstanceOf(BucketStoreException.class);
                }
                Awaitility.await()
                        .untilAsserted(
                                () -> assertThat(connection.sync().clientList().lines())
                                        .hasSize(1));
            } finally {
                client.shutdown(0, 2, TimeUnit.SECONDS);
                store.close();
            }
        }
    }
}
