package dev.dowel.ratelimit.redis;

import dev.dowel.ratelimit.BucketStore;
import dev.dowel.ratelimit.BucketStoreContract;
import dev.dowel.testservices.Redis;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;

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

    @AfterEach
    void close() {
        store.close();
    }
}
