package dev.dowel.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dowel.ratelimit.ClientAddress;
import dev.dowel.ratelimit.Decision;
import dev.dowel.ratelimit.FailurePolicy;
import dev.dowel.ratelimit.Quota;
import dev.dowel.ratelimit.RateLimitKey;
import dev.dowel.ratelimit.RateLimitRule;
import dev.dowel.ratelimit.ResilientBucketStore;
import dev.dowel.testservices.Redis;
import io.github.bucket4j.TimeMeter;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The wall clock of an instance is set while it counts in Redis. */
class ClockStepTest {
    private static final RateLimitRule TEN = rule("10/PT10M");
    private static final RateLimitKey CLIENT = ClientAddress.parse("192.0.2.7").orElseThrow();

    private final AtomicLong wallClock = new AtomicLong(1_700_000_000_000_000_000L);
    private final String prefix = UUID.randomUUID().toString();
    private final RedisBucketStore shared = RedisBucketStore.builder(
                    Redis.shared().uri())
            .prefix(prefix)
            .timeout(Duration.ofSeconds(10))
            .clock(new TimeMeter() {
                @Override
                public long currentTimeNanos() {
                    return wallClock.get();
                }

                @Override
                public boolean isWallClockBased() {
                    return true;
                }
            })
            .build();
    private final ResilientBucketStore instance = ResilientBucketStore.builder(shared, 1)
            .onFailure(FailurePolicy.CLOSED)
            .build();

    /** The first connection may take its time. */
    @BeforeEach
    void connect() {
        RateLimitKey nobody = ClientAddress.parse("192.0.2.8").orElseThrow();
        Awaitility.await()
                .ignoreExceptions()
                .until(() -> shared.look(TEN, nobody, 1).allowed());
    }

    @AfterEach
    void close() {
        instance.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, -1})
    void an_hour_more_or_less_lets_no_call_pass_that_would_not_have(int hours) {
        assertThat(passed(6)).isEqualTo(6);
        wallClock.addAndGet(Duration.ofHours(hours).toNanos());
        assertThat(passed(20)).isEqualTo(4);
        wallClock.addAndGet(Duration.ofHours(-hours).toNanos());
        assertThat(passed(20)).isZero();
    }

    @Test
    void a_client_is_refused_for_its_period_at_most_when_the_clock_was_set_back() {
        shared.tryConsume(TEN, CLIENT, 10);
        wallClock.addAndGet(Duration.ofHours(-1).toNanos());
        Decision refused = shared.tryConsume(TEN, CLIENT, 1);
        assertThat(refused.allowed()).isFalse();
        assertThat(refused.nanosToRetry())
                .isLessThanOrEqualTo(Duration.ofMinutes(10).toNanos());
        assertThat(refused.nanosToReset())
                .isLessThanOrEqualTo(Duration.ofMinutes(10).toNanos());
    }

    @Test
    void what_was_counted_in_the_future_is_forgotten_after_a_period() {
        shared.tryConsume(TEN, CLIENT, 1);
        wallClock.addAndGet(Duration.ofHours(-1).toNanos());
        shared.tryConsume(TEN, CLIENT, 9);
        RedisClient client = RedisClient.create(Redis.shared().uri().toString());
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            String key = connection.sync().keys(prefix + "*").get(0);
            assertThat(connection.sync().pttl(key))
                    .isBetween(1L, Duration.ofMinutes(10).plusSeconds(1).toMillis());
        } finally {
            client.shutdown(0, 2, TimeUnit.SECONDS);
        }
    }

    private int passed(int calls) {
        int passed = 0;
        for (int i = 0; i < calls; i++) {
            passed += instance.tryConsume(TEN, CLIENT, 1).allowed() ? 1 : 0;
        }
        return passed;
    }

    private static RateLimitRule rule(String quota) {
        return RateLimitRule.builder("rule", Quota.parse(quota)).build();
    }
}
