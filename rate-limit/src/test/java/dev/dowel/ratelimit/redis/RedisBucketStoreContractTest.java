package dev.dowel.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dowel.ratelimit.BucketStore;
import dev.dowel.ratelimit.BucketStoreContract;
import dev.dowel.ratelimit.ClientAddress;
import dev.dowel.ratelimit.Decision;
import dev.dowel.ratelimit.Quota;
import dev.dowel.ratelimit.RateLimitKey;
import dev.dowel.ratelimit.RateLimitRule;
import dev.dowel.testservices.Redis;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RedisBucketStoreContractTest extends BucketStoreContract {
    private final RedisBucketStore store = RedisBucketStore.builder(
                    Redis.shared().uri())
            .prefix(UUID.randomUUID().toString())
            .timeout(Duration.ofSeconds(5))
            .clock(new TimeMeter() {
                @Override
                public long currentTimeNanos() {
                    return now.get();
                }

                @Override
                public boolean isWallClockBased() {
                    return true;
                }
            })
            .build();

    @Override
    protected BucketStore store() {
        return store;
    }

    @Test
    void a_refusal_names_the_quota_that_takes_longest() {
        RateLimitRule rule = RateLimitRule.builder("two", Quota.parse("5/PT5S"))
                .quota(Quota.parse("7/PT7H"))
                .build();
        RateLimitKey client = ClientAddress.parse("192.0.2.7").orElseThrow();
        store.tryConsume(rule, client, 4);
        Decision refused = store.tryConsume(rule, client, 5);
        assertThat(refused.nanosToRetry()).isEqualTo(Duration.ofHours(2).toNanos());
        assertThat(refused.quota()).isEqualTo(1);
    }

    @AfterEach
    void close() {
        store.close();
    }
}
