package dev.dowel.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
                    if (store.tryConsume(rule, client(1), 1).allowed()) {
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
        long wait = store.tryConsume(TEN, client(1), 1).nanosToRetry();
        assertThat(wait).isEqualTo(Duration.ofMillis(100).toNanos());

        now.addAndGet(wait - 1);
        assertThat(store.tryConsume(TEN, client(1), 1).allowed()).isFalse();
        now.addAndGet(1);
        assertThat(store.tryConsume(TEN, client(1), 1).allowed()).isTrue();
        assertThat(store.tryConsume(TEN, client(1), 1).allowed()).isFalse();
    }

    @Test
    void a_refused_call_costs_nothing() {
        drain(client(1));
        for (int i = 0; i < 1_000; i++) {
            store.tryConsume(TEN, client(1), 1);
        }
        now.addAndGet(Duration.ofMillis(100).toNanos());
        assertThat(store.tryConsume(TEN, client(1), 1).allowed()).isTrue();
    }

    @Test
    void clients_and_rules_are_counted_apart() {
        drain(client(1));
        assertThat(store.tryConsume(TEN, client(2), 1).allowed()).isTrue();
        RateLimitRule other =
                RateLimitRule.builder("other", TEN.quotas().get(0)).build();
        assertThat(store.tryConsume(other, client(1), 1).allowed()).isTrue();
    }

    @Test
    void ten_million_networks_in_a_row_take_no_memory_and_do_not_reset_a_hot_client() {
        ClientAddress hot = client(7);
        drain(hot);
        long before = store.bytes();
        int fresh = 0;
        for (long i = 0; i < 10_000_000; i++) {
            store.tryConsume(TEN, new ClientAddress(0x2a00_0000_0000_0000L + (i << 16), 1), 1);
            now.addAndGet(11);
            if (i % 1_000 == 0 && store.tryConsume(TEN, hot, 1).allowed()) {
                fresh++;
            }
        }
        // A tenth of a second went by: one call came back.
        assertThat(fresh).isEqualTo(1);
        assertThat(store.bytes()).isEqualTo(before).isLessThan(10_000 * 39L + 530_000);
    }

    @ParameterizedTest
    @ValueSource(ints = {110, 200, 500})
    void whoever_cycles_through_more_addresses_than_fit_gets_no_more_than_the_network_around_them(int percent) {
        int capacity = 200;
        LocalBucketStore small = new LocalBucketStore(capacity, now::get);
        int addresses = capacity * percent / 100;
        int passed = 0;
        for (int round = 0; round < 100; round++) {
            for (long i = 0; i < addresses; i++) {
                if (small.tryConsume(TEN, client(i), 1).allowed()) {
                    passed++;
                }
            }
        }
        // Time stands still: who has a cell gets ten calls, all others together the 32 times ten of their networks.
        long cells = small.cells();
        long networks = (addresses + 255L) / 256;
        assertThat((long) passed).isLessThanOrEqualTo(Math.min(cells, addresses) * 10 + networks * 32 * 10);
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 2_000})
    void a_client_without_a_cell_is_told_when_its_network_and_everybody_may_call_again(int calls) {
        LocalBucketStore small = new LocalBucketStore(1, now::get);
        for (int i = 0; i < calls; i++) {
            small.tryConsume(TEN, client(i % 200), 1);
        }
        Decision refused = small.tryConsume(TEN, client(201), 1);
        assertThat(refused.allowed()).isFalse();
        now.addAndGet(refused.nanosToRetry());
        assertThat(small.tryConsume(TEN, client(201), 1).allowed()).isTrue();
    }

    @Test
    void the_56_and_the_48_around_an_ipv6_client_have_ceilings() {
        int in56 = 0;
        for (long subnet = 0; subnet < 256; subnet++) {
            for (int call = 0; call < 10; call++) {
                in56 += store.tryConsume(TEN, new ClientAddress(0x2001_0db8_0001_0000L + subnet, 1), 1)
                                .allowed()
                        ? 1
                        : 0;
            }
        }
        assertThat(in56).isEqualTo(8 * 10);
        int in48 = 0;
        for (long subnet = 256; subnet < 65_536; subnet += 64) {
            for (int call = 0; call < 10; call++) {
                in48 += store.tryConsume(TEN, new ClientAddress(0x2001_0db8_0001_0000L + subnet, 1), 1)
                                .allowed()
                        ? 1
                        : 0;
            }
        }
        assertThat(in56 + in48).isEqualTo(32 * 10);
        assertThat(store.tryConsume(TEN, new ClientAddress(0x2001_0db8_0002_0000L, 1), 1)
                        .allowed())
                .isTrue();
    }

    @Test
    void a_refusal_by_a_ceiling_costs_the_client_nothing() {
        ClientAddress late = new ClientAddress(0x2001_0db8_0001_00ffL, 1);
        for (long subnet = 0; subnet < 8; subnet++) {
            for (int call = 0; call < 10; call++) {
                store.tryConsume(TEN, new ClientAddress(0x2001_0db8_0001_0000L + subnet, 1), 1);
            }
        }
        Decision refused = store.tryConsume(TEN, late, 1);
        assertThat(refused.allowed()).isFalse();
        assertThat(store.look(TEN, late, 1)).isEqualTo(refused);
        now.addAndGet(refused.nanosToRetry());
        assertThat(store.tryConsume(TEN, late, 1).remaining()).isEqualTo(9);
    }

    @Test
    void whoever_waits_for_a_ceiling_too_is_told_when_that_allows_a_call() {
        ClientAddress client = new ClientAddress(0x2001_0db8_0001_0000L, 1);
        drain(client);
        now.addAndGet(Duration.ofMillis(899).toNanos());
        store.tryConsume(TEN, client, 8);
        for (long subnet = 1; subnet < 20; subnet++) {
            store.tryConsume(TEN, new ClientAddress(0x2001_0db8_0001_0000L + subnet, 1), 10);
            store.tryConsume(TEN, new ClientAddress(0x2001_0db8_0001_0000L + subnet, 1), 1);
        }
        // The client's own call would be back in a millisecond, that of its /56 is not.
        Decision refused = store.tryConsume(TEN, client, 1);
        assertThat(refused.allowed()).isFalse();
        assertThat(refused.nanosToRetry()).isGreaterThan(Duration.ofMillis(1).toNanos());
        now.addAndGet(refused.nanosToRetry());
        assertThat(store.tryConsume(TEN, client, 1).allowed()).isTrue();
    }

    @Test
    void whoever_is_refused_by_both_ceilings_is_told_when_the_later_one_allows_a_call() {
        // 72 of the 80 calls of one /56, and then all of the 320 that the /48 has.
        for (long subnet = 0; subnet < 9; subnet++) {
            store.tryConsume(TEN, new ClientAddress(0x2001_0db8_0001_0100L + subnet, 1), 8);
        }
        for (long subnet = 0x200; subnet < 0x1000; subnet++) {
            store.tryConsume(TEN, new ClientAddress(0x2001_0db8_0001_0000L + subnet, 1), 1);
        }
        ClientAddress late = new ClientAddress(0x2001_0db8_0001_01ffL, 1);
        Decision refused = store.tryConsume(TEN, late, 9);
        assertThat(refused.allowed()).isFalse();
        now.addAndGet(refused.nanosToRetry() - 1);
        assertThat(store.tryConsume(TEN, late, 9).allowed()).isFalse();
        now.addAndGet(1);
        assertThat(store.tryConsume(TEN, late, 9).allowed()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 7, 100})
    void a_strict_quota_lets_no_more_than_its_calls_pass_in_any_window(long calls) {
        RateLimitRule strict = RateLimitRule.builder("strict", new Quota(calls, Duration.ofSeconds(1)).asStrict())
                .build();
        List<Long> passed = new ArrayList<>();
        Random random = new Random(7);
        for (int i = 0; i < 20_000; i++) {
            if (store.tryConsume(strict, client(1), 1).allowed()) {
                passed.add(now.get());
            }
            now.addAndGet(random.nextInt(4) == 0 ? random.nextInt(500_000_000) : random.nextInt(1_000));
        }
        int first = 0;
        for (int i = 0; i < passed.size(); i++) {
            while (passed.get(i) - passed.get(first) >= 1_000_000_000L) {
                first++;
            }
            assertThat(i - first + 1L).isLessThanOrEqualTo(calls);
        }
        assertThat(passed.size()).isGreaterThan(100);
    }

    @Test
    void a_quota_lets_up_to_twice_its_calls_pass_in_a_window_and_no_more() {
        int passed = 0;
        for (int i = 0; i < 10; i++) {
            passed += store.tryConsume(TEN, client(1), 1).allowed() ? 1 : 0;
        }
        for (int i = 0; i < 999; i++) {
            now.addAndGet(1_000_000);
            passed += store.tryConsume(TEN, client(1), 1).allowed() ? 1 : 0;
        }
        assertThat(passed).isEqualTo(19);
    }

    @Test
    void the_largest_and_the_smallest_quota_count() {
        RateLimitRule most = RateLimitRule.perIp(1L << 31, Duration.ofDays(365));
        RateLimitRule least = RateLimitRule.perIp(1, Duration.ofMillis(1));
        assertThat(store.tryConsume(most, client(1), 1).remaining()).isEqualTo((1L << 31) - 1);
        assertThat(store.tryConsume(least, client(1), 1).allowed()).isTrue();
        assertThat(store.tryConsume(least, client(1), 1).nanosToRetry()).isEqualTo(1_000_000);
    }

    @Test
    void impossible_quotas_are_refused() {
        assertThatThrownBy(() -> RateLimitRule.perIp(0, Duration.ofSeconds(1))).hasMessageContaining("calls");
        assertThatThrownBy(() -> RateLimitRule.perIp(-1, Duration.ofSeconds(1))).hasMessageContaining("calls");
        assertThatThrownBy(() -> RateLimitRule.perIp((1L << 31) + 1, Duration.ofDays(1)))
                .hasMessageContaining("calls");
        assertThatThrownBy(() -> RateLimitRule.perIp(1, Duration.ZERO)).hasMessageContaining("period");
        assertThatThrownBy(() -> RateLimitRule.perIp(1, Duration.ofNanos(999_999)))
                .hasMessageContaining("period");
        assertThatThrownBy(() -> RateLimitRule.perIp(1, Duration.ofDays(366))).hasMessageContaining("period");
        assertThatThrownBy(() -> RateLimitRule.perIp(2_000_000, Duration.ofMillis(1)))
                .hasMessageContaining("nanosecond");
        assertThatThrownBy(() -> RateLimitRule.builder("a b", TEN.quotas().get(0)))
                .hasMessageContaining("name");
        RateLimitRule.Builder rule = RateLimitRule.builder("rule", TEN.quotas().get(0));
        assertThatThrownBy(() -> rule.cost(0)).hasMessageContaining("cost");
        assertThatThrownBy(() -> rule.cost(-1)).hasMessageContaining("cost");
    }

    private void drain(ClientAddress client) {
        for (int i = 0; i < 10; i++) {
            assertThat(store.tryConsume(TEN, client, 1).allowed()).isTrue();
        }
        assertThat(store.tryConsume(TEN, client, 1).allowed()).isFalse();
    }

    private static ClientAddress client(long address) {
        return ClientAddress.ipv4(0x0A000000L + address);
    }
}
