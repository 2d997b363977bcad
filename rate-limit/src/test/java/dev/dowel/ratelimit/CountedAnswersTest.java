package dev.dowel.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Calls that are looked at before, and counted by their answer. */
class CountedAnswersTest {
    private static final RateLimitRule TEN = RateLimitRule.builder("ten", new Quota(10, Duration.ofSeconds(1)))
            .countWhen(status -> status == 401)
            .build();

    private final AtomicLong now = new AtomicLong(5_000);
    private final LocalBucketStore store = new LocalBucketStore(100_000, now::get);

    private RateLimitFilter filter(RateLimitRule rule) {
        return RateLimitFilter.builder()
                .defaultRule(rule)
                .store(store)
                .nanos(now::get)
                .build();
    }

    private static int failing(RateLimitFilter filter, String network, int subnets) throws Exception {
        int passed = 0;
        for (int subnet = 0; subnet < subnets; subnet++) {
            String address = network + Integer.toHexString(subnet) + "::1";
            for (int call = 0; call < 12; call++) {
                passed += new StubRequest("GET", "/", address).passes(filter, 401) ? 1 : 0;
            }
        }
        return passed;
    }

    @Test
    void whoever_has_a_56_or_a_48_may_fail_no_more_often_than_its_ceiling() throws Exception {
        RateLimitFilter filter = filter(TEN);
        assertThat(failing(filter, "2001:db8:1:", 256)).isEqualTo(8 * 10);
        assertThat(failing(filter, "2001:db8:1:", 4_096)).isEqualTo((32 - 8) * 10);
        assertThat(failing(filter, "2001:db8:2:", 1)).isEqualTo(10);
    }

    @Test
    void answers_that_do_not_count_leave_the_ceilings_alone() throws Exception {
        RateLimitFilter filter = filter(TEN);
        for (int subnet = 0; subnet < 1_000; subnet++) {
            assertThat(new StubRequest("GET", "/", "2001:db8:1:" + Integer.toHexString(subnet) + "::1")
                            .passes(filter, 200))
                    .isTrue();
        }
        assertThat(failing(filter, "2001:db8:1:", 1)).isEqualTo(10);
    }

    @Test
    void a_look_asks_for_what_the_call_will_cost() throws Exception {
        RateLimitFilter dear = filter(RateLimitRule.builder("dear", new Quota(10, Duration.ofSeconds(1)))
                .cost(4)
                .countWhen(status -> status == 401)
                .build());
        assertThat(failing(dear, "2001:db8:1:", 1)).isEqualTo(2);
    }

    @Test
    void calls_that_fail_together_use_up_the_quota_and_no_more() {
        ClientAddress client = ClientAddress.ipv4(0x0A000001L);
        for (int i = 0; i < 25; i++) {
            store.charge(TEN, client, 1);
        }
        Decision refused = store.look(TEN, client, 1);
        assertThat(refused.allowed()).isFalse();
        assertThat(refused.nanosToRetry()).isEqualTo(Duration.ofMillis(100).toNanos());
    }

    @Test
    void calls_of_a_48_that_fail_together_use_up_its_ceiling_and_no_more() {
        for (long subnet = 0; subnet < 10_000; subnet++) {
            store.charge(TEN, new ClientAddress(0x2001_0db8_0001_0000L + subnet, 1), 1);
        }
        ClientAddress late = new ClientAddress(0x2001_0db8_0001_ffffL, 1);
        Decision refused = store.look(TEN, late, 1);
        assertThat(refused.allowed()).isFalse();
        now.addAndGet(refused.nanosToRetry());
        assertThat(store.look(TEN, late, 1).allowed()).isTrue();
    }

    @Test
    void clients_for_whom_no_cell_is_free_may_fail_as_often_as_the_networks_around_them() {
        RateLimitKey[] texts = new RateLimitKey[100];
        RateLimitKey[] addresses = new RateLimitKey[100];
        for (int i = 0; i < 100; i++) {
            texts[i] = HashedKey.of("header", "text" + i);
            addresses[i] = ClientAddress.ipv4(0x0A000000L + i);
        }
        assertThat(homeless(texts)).isEqualTo(10);
        assertThat(homeless(addresses)).isEqualTo(10);
    }

    private int homeless(RateLimitKey[] clients) {
        LocalBucketStore full = new LocalBucketStore(1, now::get);
        for (long i = 0; i < full.cells(); i++) {
            full.tryConsume(RateLimitRule.perIp(10, Duration.ofHours(1)), ClientAddress.ipv4(0x0B000000L + i), 1);
        }
        for (RateLimitKey client : clients) {
            assertThat(full.look(TEN, client, 1).allowed()).isTrue();
        }
        int failed = 0;
        for (int round = 0; round < 20; round++) {
            for (RateLimitKey client : clients) {
                if (full.look(TEN, client, 1).allowed()) {
                    full.charge(TEN, client, 1);
                    failed++;
                }
            }
        }
        return failed;
    }
}
