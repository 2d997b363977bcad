package dev.dowel.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dowel.ratelimit.BucketStore;
import dev.dowel.ratelimit.BucketStoreException;
import dev.dowel.ratelimit.ClientAddress;
import dev.dowel.ratelimit.Decision;
import dev.dowel.ratelimit.FailurePolicy;
import dev.dowel.ratelimit.KeyResolver;
import dev.dowel.ratelimit.Quota;
import dev.dowel.ratelimit.RateLimitKey;
import dev.dowel.ratelimit.RateLimitListener;
import dev.dowel.ratelimit.RateLimitRule;
import dev.dowel.ratelimit.ResilientBucketStore;
import dev.dowel.testservices.Redis;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import jakarta.servlet.http.HttpServletRequest;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Several instances on one Redis, which is killed and frozen. */
class RedisFaultTest {
    private static final int INSTANCES = 3;
    private static final RateLimitRule HUNDRED = RateLimitRule.builder("hundred", new Quota(100, Duration.ofHours(1)))
            .build();
    private static final RateLimitKey CLIENT = ClientAddress.parse("192.0.2.7").orElseThrow();

    private final Redis redis = Redis.start();
    private final List<ResilientBucketStore> instances = new ArrayList<>();
    private final List<RateLimitListener.StoreState> states = Collections.synchronizedList(new ArrayList<>());

    @AfterEach
    void stop() {
        instances.forEach(ResilientBucketStore::close);
        redis.close();
    }

    private ResilientBucketStore instance(FailurePolicy policy, Duration timeout) {
        ResilientBucketStore instance = ResilientBucketStore.builder(
                        RedisBucketStore.builder(redis.uri()).timeout(timeout).build(), INSTANCES)
                .onFailure(policy)
                .probeEvery(Duration.ofMillis(100))
                .listener(new RateLimitListener() {
                    @Override
                    public void storeChanged(StoreState state) {
                        states.add(state);
                    }
                })
                .build();
        instances.add(instance);
        return instance;
    }

    @Test
    void three_instances_pass_exactly_the_limit_together() throws Exception {
        for (int i = 0; i < INSTANCES; i++) {
            instance(FailurePolicy.CLOSED, Duration.ofSeconds(10));
        }
        AtomicInteger passed = new AtomicInteger();
        AtomicInteger unknown = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(6);
        for (int i = 0; i < 300; i++) {
            ResilientBucketStore instance = instances.get(i % INSTANCES);
            threads.execute(() -> {
                try {
                    if (instance.tryConsume(HUNDRED, CLIENT, 1).allowed()) {
                        passed.incrementAndGet();
                    }
                } catch (BucketStoreException contended) {
                    unknown.incrementAndGet();
                }
            });
        }
        threads.shutdown();
        assertThat(threads.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
        assertThat(passed.get()).isLessThanOrEqualTo(100);
        while (instances.get(0).tryConsume(HUNDRED, CLIENT, 1).allowed()
                || instances.get(1).tryConsume(HUNDRED, CLIENT, 1).allowed()
                || instances.get(2).tryConsume(HUNDRED, CLIENT, 1).allowed()) {
            passed.incrementAndGet();
        }
        assertThat(passed.get()).isBetween(100 - unknown.get(), 100);
    }

    @Test
    void a_refusal_is_remembered_without_asking_again() {
        ResilientBucketStore one = instance(FailurePolicy.LOCAL, Duration.ofSeconds(5));
        ResilientBucketStore other = instance(FailurePolicy.LOCAL, Duration.ofSeconds(5));
        one.tryConsume(HUNDRED, CLIENT, 100);
        assertThat(other.tryConsume(HUNDRED, CLIENT, 1).allowed()).isFalse();
        redis.kill();
        // With Redis away the other instance has used nothing of its own share, and still refuses.
        for (int i = 0; i < 50; i++) {
            assertThat(other.tryConsume(HUNDRED, CLIENT, 1).allowed()).isFalse();
        }
        assertThat(states).isEmpty();
    }

    @Test
    void with_redis_killed_in_mid_load_the_instances_pass_no_more_than_the_limit_and_their_shares() {
        for (int i = 0; i < INSTANCES; i++) {
            instance(FailurePolicy.LOCAL, Duration.ofMillis(500));
        }
        int passed = 0;
        for (int i = 0; i < 30; i++) {
            passed +=
                    instances.get(i % INSTANCES).tryConsume(HUNDRED, CLIENT, 1).allowed() ? 1 : 0;
        }
        assertThat(passed).isEqualTo(30);
        redis.kill();
        for (int i = 0; i < 600; i++) {
            passed +=
                    instances.get(i % INSTANCES).tryConsume(HUNDRED, CLIENT, 1).allowed() ? 1 : 0;
        }
        // Each instance had used 10 of its 100 and gives three for one of the 90 that are left.
        assertThat(passed).isEqualTo(30 + INSTANCES * 30);
        assertThat(states).containsOnly(RateLimitListener.StoreState.AWAY).hasSize(INSTANCES);
    }

    @ParameterizedTest
    @EnumSource(FailurePolicy.class)
    void each_policy_does_what_it_says_and_the_store_comes_back_by_one_probe(FailurePolicy policy) {
        ResilientBucketStore instance = instance(policy, Duration.ofMillis(500));
        redis.kill();
        int passed = 0;
        int unavailable = 0;
        for (int i = 0; i < 200; i++) {
            try {
                passed += instance.tryConsume(HUNDRED, CLIENT, 1).allowed() ? 1 : 0;
            } catch (BucketStoreException e) {
                unavailable++;
            }
        }
        assertThat(passed).isEqualTo(policy == FailurePolicy.OPEN ? 100 : policy == FailurePolicy.LOCAL ? 33 : 0);
        assertThat(unavailable).isEqualTo(policy == FailurePolicy.CLOSED ? 200 : 0);
        redis.restart();
        RateLimitKey other = ClientAddress.parse("192.0.2.8").orElseThrow();
        Awaitility.await().until(() -> {
            try {
                instance.tryConsume(HUNDRED, other, 1);
            } catch (BucketStoreException stillAway) {
                return false;
            }
            return states.contains(RateLimitListener.StoreState.SHARED);
        });
        assertThat(states).containsExactly(RateLimitListener.StoreState.AWAY, RateLimitListener.StoreState.SHARED);
    }

    @Test
    void with_redis_frozen_a_call_is_held_for_the_timeout_at_most_and_then_not_at_all() {
        Duration timeout = Duration.ofSeconds(1);
        CountingStore counting = new CountingStore(
                RedisBucketStore.builder(redis.uri()).timeout(timeout).build());
        ResilientBucketStore instance = ResilientBucketStore.builder(counting, 1)
                .probeEvery(Duration.ofHours(1))
                .build();
        instances.add(instance);
        instance.tryConsume(HUNDRED, CLIENT, 1);
        redis.freeze();
        try {
            for (int i = 0; i < 60; i++) {
                assertThat(instance.tryConsume(HUNDRED, CLIENT, 1).allowed()).isTrue();
            }
            assertThat(counting.asked).hasValue(1 + 5);
            // A timeout for each of the ten attempts would be beyond this, and Lettuce's own is a minute.
            assertThat(counting.longest).hasValueLessThan(5 * timeout.toNanos());
        } finally {
            redis.thaw();
        }
    }

    @Test
    void with_redis_slow_a_call_is_held_for_the_timeout_at_most_and_one_probe_brings_it_back() throws Exception {
        try (SlowConnection slow = new SlowConnection(redis.uri())) {
            ResilientBucketStore instance = ResilientBucketStore.builder(
                            RedisBucketStore.builder(slow.uri())
                                    .timeout(Duration.ofMillis(300))
                                    .build(),
                            1)
                    .probeEvery(Duration.ofMillis(100))
                    .listener(new RateLimitListener() {
                        @Override
                        public void storeChanged(StoreState state) {
                            states.add(state);
                        }
                    })
                    .build();
            instances.add(instance);
            Awaitility.await().until(() -> {
                instance.tryConsume(HUNDRED, CLIENT, 1);
                return keys() == 1;
            });
            states.clear();
            slow.slowDown();
            long longest = 0;
            for (int i = 0; i < 60; i++) {
                long before = System.nanoTime();
                assertThat(instance.tryConsume(HUNDRED, CLIENT, 1).allowed()).isTrue();
                longest = Math.max(longest, System.nanoTime() - before);
            }
            // The whole of an answer would take longer, and the answers wait for each other: minutes in the end.
            assertThat(longest).isLessThan(Duration.ofSeconds(5).toNanos());
            assertThat(states).containsExactly(RateLimitListener.StoreState.AWAY);

            slow.speedUp();
            Awaitility.await().until(() -> {
                instance.look(HUNDRED, CLIENT, 1);
                return states.size() > 1;
            });
            assertThat(states).containsExactly(RateLimitListener.StoreState.AWAY, RateLimitListener.StoreState.SHARED);
        }
    }

    @Test
    void every_key_has_an_end_and_no_text_of_a_request() {
        ResilientBucketStore instance = instance(FailurePolicy.LOCAL, Duration.ofSeconds(5));
        instance.tryConsume(HUNDRED, CLIENT, 1);
        RedisClient client = RedisClient.create(redis.uri().toString());
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            RedisCommands<String, String> commands = connection.sync();
            List<String> keys = commands.keys("*");
            assertThat(keys).hasSize(1);
            assertThat(keys.get(0)).matches("rate-limit:[0-9a-f]{16}:hundred:4-c0000207");
            assertThat(commands.pttl(keys.get(0)))
                    .isBetween(1L, Duration.ofMinutes(2).toMillis());
        } finally {
            client.shutdown(0, 2, TimeUnit.SECONDS);
        }
    }

    @Test
    void no_text_of_a_request_gets_to_redis() {
        String hostile = "secret\r\nFLUSHALL\r\n{*}'); DROP TABLE x; --";
        HttpServletRequest request = (HttpServletRequest) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {HttpServletRequest.class},
                (self, method, arguments) -> method.getName().equals("getHeader") ? hostile : null);
        RateLimitKey key = KeyResolver.header("X-Api-Key")
                .resolve(request, ClientAddress.parse("192.0.2.7").orElseThrow());
        ResilientBucketStore instance = instance(FailurePolicy.CLOSED, Duration.ofSeconds(5));
        Awaitility.await()
                .ignoreExceptions()
                .until(() -> instance.tryConsume(HUNDRED, key, 1).allowed());
        RedisClient client = RedisClient.create(redis.uri().toString());
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            RedisCommands<String, String> commands = connection.sync();
            List<String> keys = commands.keys("*");
            assertThat(keys).hasSize(1);
            assertThat(keys.get(0)).matches("rate-limit:[0-9a-f]{16}:hundred:h-[0-9a-f]{32}");
            assertThat(commands.get(keys.get(0))).doesNotContain("secret", "FLUSHALL", "DROP");
        } finally {
            client.shutdown(0, 2, TimeUnit.SECONDS);
        }
    }

    @Test
    void a_key_of_another_type_and_corrupt_bytes_are_failures_of_the_store() {
        ResilientBucketStore instance = instance(FailurePolicy.CLOSED, Duration.ofSeconds(5));
        instance.tryConsume(HUNDRED, CLIENT, 1);
        RedisClient client = RedisClient.create(redis.uri().toString());
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            RedisCommands<String, String> commands = connection.sync();
            String key = commands.keys("*").get(0);
            commands.set(key, "garbage");
            assertThatThrownBy(() -> instance.tryConsume(HUNDRED, CLIENT, 1)).isInstanceOf(BucketStoreException.class);
            commands.del(key);
            commands.lpush(key, "a", "b");
            try (RedisBucketStore alone = RedisBucketStore.builder(redis.uri())
                    .timeout(Duration.ofSeconds(5))
                    .build()) {
                assertThatThrownBy(() -> alone.look(HUNDRED, CLIENT, 1)).isInstanceOf(BucketStoreException.class);
            }
            assertThatThrownBy(() -> instance.tryConsume(HUNDRED, CLIENT, 1)).isInstanceOf(BucketStoreException.class);
            commands.del(key);
            assertThat(instance.tryConsume(HUNDRED, CLIENT, 1).allowed()).isTrue();
        } finally {
            client.shutdown(0, 2, TimeUnit.SECONDS);
        }
    }

    @Test
    void a_service_starts_without_redis_and_uses_it_when_it_comes() {
        redis.kill();
        ResilientBucketStore instance = instance(FailurePolicy.LOCAL, Duration.ofMillis(500));
        assertThat(instance.tryConsume(HUNDRED, CLIENT, 1).allowed()).isTrue();
        redis.restart();
        Awaitility.await().until(() -> {
            instance.tryConsume(HUNDRED, CLIENT, 1);
            return keys() == 1;
        });
    }

    private int keys() {
        RedisClient client = RedisClient.create(redis.uri().toString());
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            return connection.sync().keys("*").size();
        } finally {
            client.shutdown(0, 2, TimeUnit.SECONDS);
        }
    }

    @Test
    void an_address_that_is_none_is_refused_without_its_password() {
        assertThatThrownBy(() -> RedisBucketStore.builder(URI.create("http://user:secret@host"))
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("redis://")
                .hasMessageNotContaining("secret")
                .hasNoCause();
    }

    /** Notes how often a store was asked, and how long a call took at most. */
    private static final class CountingStore implements BucketStore {
        final AtomicInteger asked = new AtomicInteger();
        final AtomicLong longest = new AtomicLong();
        private final BucketStore store;

        CountingStore(BucketStore store) {
            this.store = store;
        }

        @Override
        public Decision tryConsume(RateLimitRule rule, RateLimitKey key, long cost) {
            asked.incrementAndGet();
            long start = System.nanoTime();
            try {
                return store.tryConsume(rule, key, cost);
            } finally {
                longest.accumulateAndGet(System.nanoTime() - start, Math::max);
            }
        }

        @Override
        public Decision look(RateLimitRule rule, RateLimitKey key, long cost) {
            return store.look(rule, key, cost);
        }

        @Override
        public void charge(RateLimitRule rule, RateLimitKey key, long cost) {
            store.charge(rule, key, cost);
        }

        @Override
        public void giveBack(RateLimitRule rule, RateLimitKey key, long cost) {
            store.giveBack(rule, key, cost);
        }

        @Override
        public void close() {
            store.close();
        }
    }
}
