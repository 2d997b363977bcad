package dev.dowel.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LocalBucketStoreTest {
    private static final RateLimitRule TEN = RateLimitRule.perIp(10, Duration.ofSeconds(1));

    private final AtomicLong now = new AtomicLong(-5_000);
    private final LocalBucketStore store = new LocalBucketStore(10_000, now::get);

    @Test
    void exactly_n_pass_and_the_next_is_refused_under_64_threads() throws InterruptedException {
        int threads = 64;
        AtomicInteger passed = new AtomicInteger();
        CountDownLatch go = new CountDownLatch(1);
        RateLimitRule rule = RateLimitRule.perIp(1_000, Duration.ofMinutes(1));
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        for (int i = 0; i < threads; i++) {
            pool.execute(() -> {
                try {
                    go.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                for (int call = 0; call < 100; call++) {
                    if (store.tryConsume(rule, client(1)).allowed()) {
                        passed.incrementAndGet();
                    }
                }
            });
        }
        go.countDown();
        pool.shutdown();
        assertThat(pool.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
        assertThat(passed).hasValue(1_000);
    }

    @Test
    void a_call_comes_back_exactly_at_the_nanosecond_it_is_due() {
        drain(client(1));
        long wait = store.tryConsume(TEN, client(1)).nanosToRetry();
        assertThat(wait).isEqualTo(Duration.ofMillis(100).toNanos());

        now.addAndGet(wait - 1);
        assertThat(store.tryConsume(TEN, client(1)).allowed()).isFalse();
        now.addAndGet(1);
        assertThat(store.tryConsume(TEN, client(1)).allowed()).isTrue();
        assertThat(store.tryConsume(TEN, client(1)).allowed()).isFalse();
    }

    @Test
    void a_refused_call_costs_nothing() {
        drain(client(1));
        for (int i = 0; i < 1_000; i++) {
            store.tryConsume(TEN, client(1));
        }
        now.addAndGet(Duration.ofMillis(100).toNanos());
        assertThat(store.tryConsume(TEN, client(1)).allowed()).isTrue();
    }

    @Test
    void clients_and_rules_are_counted_apart() {
        drain(client(1));
        assertThat(store.tryConsume(TEN, client(2)).allowed()).isTrue();
        RateLimitRule other = new RateLimitRule("other", TEN.quota());
        assertThat(store.tryConsume(other, client(1)).allowed()).isTrue();
    }

    @Test
    void a_million_networks_in_a_row_stay_within_the_bound_and_do_not_reset_a_hot_client() {
        ClientKey hot = client(7);
        drain(hot);
        int fresh = 0;
        for (long i = 0; i < 1_000_000; i++) {
            store.tryConsume(TEN, new ClientKey(0x2a00_0000_0000_0000L + (i << 16), ClientKey.Kind.IPV6));
            if (i % 100 == 0 && store.tryConsume(TEN, hot).allowed()) {
                fresh++;
            }
        }
        assertThat(store.size()).isLessThanOrEqualTo(10_000);
        assertThat(fresh).isLessThanOrEqualTo(10);
    }

    @Test
    void whoever_cycles_through_more_addresses_than_fit_is_held_by_the_gate_around_them() {
        LocalBucketStore small = new LocalBucketStore(100, now::get);
        int passed = 0;
        for (int round = 0; round < 100; round++) {
            for (long i = 0; i < 200; i++) {
                if (small.tryConsume(TEN, client(i)).allowed()) {
                    passed++;
                }
            }
        }
        // 200 addresses of one /24, time standing still: without the gate each eviction would give ten calls anew.
        int ceiling = 32 * 10;
        int fromLivingBuckets = 100 * 10;
        assertThat(passed).isLessThanOrEqualTo(ceiling + fromLivingBuckets);
        assertThat(small.tryConsume(TEN, client(250)).allowed()).isFalse();
        assertThat(small.tryConsume(TEN, client(250)).nanosToRetry()).isPositive();
        now.addAndGet(Duration.ofSeconds(1).toNanos());
        assertThat(small.tryConsume(TEN, client(250)).allowed()).isTrue();
    }

    @Test
    void the_largest_and_the_smallest_quota_count() {
        RateLimitRule most = RateLimitRule.perIp(1L << 31, Duration.ofDays(365));
        RateLimitRule least = RateLimitRule.perIp(1, Duration.ofMillis(1));
        assertThat(store.tryConsume(most, client(1)).remaining()).isEqualTo((1L << 31) - 1);
        assertThat(store.tryConsume(least, client(1)).allowed()).isTrue();
        assertThat(store.tryConsume(least, client(1)).nanosToRetry()).isEqualTo(1_000_000);
    }

    @Test
    void impossible_quotas_are_refused() {
        assertThatThrownBy(() -> RateLimitRule.perIp(0, Duration.ofSeconds(1))).hasMessageContaining("calls");
        assertThatThrownBy(() -> RateLimitRule.perIp(-1, Duration.ofSeconds(1))).hasMessageContaining("calls");
        assertThatThrownBy(() -> RateLimitRule.perIp((1L << 31) + 1, Duration.ofDays(1)))
                .hasMessageContaining("calls");
        assertThatThrownBy(() -> RateLimitRule.perIp(1, Duration.ZERO)).hasMessageContaining("period");
        assertThatThrownBy(() -> RateLimitRule.perIp(1, Duration.ofDays(366))).hasMessageContaining("period");
        assertThatThrownBy(() -> RateLimitRule.perIp(2_000_000, Duration.ofMillis(1)))
                .hasMessageContaining("nanosecond");
        assertThatThrownBy(() -> new RateLimitRule("a b", TEN.quota())).hasMessageContaining("name");
    }

    private void drain(ClientKey client) {
        for (int i = 0; i < 10; i++) {
            assertThat(store.tryConsume(TEN, client).allowed()).isTrue();
        }
        assertThat(store.tryConsume(TEN, client).allowed()).isFalse();
    }

    private static ClientKey client(long address) {
        return new ClientKey(0x0A000000L + address, ClientKey.Kind.IPV4);
    }
}
