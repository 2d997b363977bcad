package dev.dowel.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Two stores give the same requests the same answers. */
public abstract class BucketStoreContract {
    /** A wall clock in nanoseconds; stands still unless a test moves it. */
    protected final AtomicLong now = new AtomicLong(1_700_000_000_000_000_000L);

    /** Returns an empty store that counts by the clock. */
    protected abstract BucketStore store();

    private static RateLimitRule rule(String name, String quota) {
        return RateLimitRule.builder(name, Quota.parse(quota)).build();
    }

    private static RateLimitKey client(int number) {
        return ClientAddress.ipv4(0x0A000000L + number);
    }

    @ParameterizedTest
    @ValueSource(strings = {"10/PT1S", "1/PT1M", "100/PT1M", "7/PT0.007S"})
    void the_quota_passes_at_once_and_comes_back_call_by_call(String quota) {
        RateLimitRule rule = rule("rule", quota);
        long calls = rule.quotas().get(0).calls();
        for (long left = calls - 1; left >= 0; left--) {
            Decision passed = store().tryConsume(rule, client(1), 1);
            assertThat(passed.allowed()).isTrue();
            assertThat(passed.remaining()).isEqualTo(left);
        }
        Decision refused = store().tryConsume(rule, client(1), 1);
        assertThat(refused.allowed()).isFalse();
        assertThat(refused.nanosToRetry()).isEqualTo(rule.interval(0));
        now.addAndGet(refused.nanosToRetry() - 1);
        assertThat(store().tryConsume(rule, client(1), 1).allowed()).isFalse();
        now.addAndGet(1);
        assertThat(store().tryConsume(rule, client(1), 1).allowed()).isTrue();
        assertThat(store().tryConsume(rule, client(1), 1).allowed()).isFalse();
    }

    @Test
    void a_look_costs_nothing_and_says_the_same() {
        RateLimitRule rule = rule("rule", "2/PT1S");
        for (int i = 0; i < 5; i++) {
            assertThat(store().look(rule, client(1), 1).allowed()).isTrue();
        }
        store().tryConsume(rule, client(1), 2);
        Decision look = store().look(rule, client(1), 1);
        assertThat(look.allowed()).isFalse();
        assertThat(look.nanosToRetry()).isEqualTo(Duration.ofMillis(500).toNanos());
    }

    @Test
    void a_look_asks_for_the_cost() {
        RateLimitRule rule = rule("rule", "5/PT5S");
        store().tryConsume(rule, client(1), 3);
        assertThat(store().look(rule, client(1), 2).allowed()).isTrue();
        assertThat(store().look(rule, client(1), 2).remaining()).isEqualTo(2);
        Decision look = store().look(rule, client(1), 3);
        assertThat(look.allowed()).isFalse();
        assertThat(look.nanosToRetry()).isEqualTo(Duration.ofSeconds(1).toNanos());
        assertThat(store().look(rule, client(2), 99).allowed()).isTrue();
    }

    @Test
    void a_charge_is_counted_and_not_refused() {
        RateLimitRule rule = RateLimitRule.builder("two", Quota.parse("2/PT1S"))
                .quota(Quota.parse("4/PT1H"))
                .build();
        store().charge(rule, client(1), 1);
        assertThat(store().look(rule, client(1), 1).remaining()).isEqualTo(1);
        store().charge(rule, client(1), 2);
        assertThat(store().look(rule, client(1), 1).allowed()).isFalse();
        assertThat(store().tryConsume(rule, client(1), 1).allowed()).isFalse();
        now.addAndGet(Duration.ofSeconds(3).toNanos());
        assertThat(store().look(rule, client(1), 1).remaining()).isEqualTo(1);
        store().charge(rule, client(1), 1);
        now.addAndGet(Duration.ofSeconds(3).toNanos());
        assertThat(store().look(rule, client(1), 1).quota()).isEqualTo(1);
        assertThat(store().look(rule, client(1), 1).allowed()).isFalse();
    }

    @Test
    void what_is_given_back_can_be_used_again() {
        RateLimitRule rule = rule("rule", "2/PT1S");
        store().tryConsume(rule, client(1), 2);
        store().giveBack(rule, client(1), 1);
        assertThat(store().tryConsume(rule, client(1), 1).allowed()).isTrue();
        assertThat(store().tryConsume(rule, client(1), 1).allowed()).isFalse();
    }

    @Test
    void every_quota_must_allow_a_call_or_none_is_used() {
        RateLimitRule rule = RateLimitRule.builder("two", Quota.parse("5/PT1S"))
                .quota(Quota.parse("7/PT1H"))
                .build();
        for (int i = 0; i < 5; i++) {
            assertThat(store().tryConsume(rule, client(1), 1).allowed()).isTrue();
        }
        assertThat(store().tryConsume(rule, client(1), 1).quota()).isZero();
        now.addAndGet(Duration.ofSeconds(1).toNanos());
        assertThat(store().tryConsume(rule, client(1), 1).remaining()).isEqualTo(1);
        assertThat(store().tryConsume(rule, client(1), 1).quota()).isEqualTo(1);
        assertThat(store().tryConsume(rule, client(1), 1).allowed()).isFalse();
        assertThat(store().tryConsume(rule, client(1), 1).quota()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"5/PT5S, 7/PT7H, 1", "7/PT7H, 5/PT5S, 0", "9/PT9H, 7/PT7H, 1"})
    void of_several_quotas_that_refuse_the_one_that_takes_longest_is_told(String one, String other, int longest) {
        RateLimitRule rule = RateLimitRule.builder("two", Quota.parse(one))
                .quota(Quota.parse(other))
                .build();
        store().tryConsume(rule, client(1), 4);
        Decision refused = store().tryConsume(rule, client(1), 5);
        assertThat(refused.allowed()).isFalse();
        assertThat(refused.quota()).isEqualTo(longest);
        assertThat(refused.nanosToRetry()).isEqualTo(Duration.ofHours(2).toNanos());
        assertThat(store().look(rule, client(1), 5).nanosToRetry()).isEqualTo(refused.nanosToRetry());

        now.addAndGet(refused.nanosToRetry() - 1);
        assertThat(store().tryConsume(rule, client(1), 5).allowed()).isFalse();
        now.addAndGet(1);
        assertThat(store().tryConsume(rule, client(1), 5).allowed()).isTrue();
    }

    @Test
    void a_cost_beyond_the_burst_costs_the_burst() {
        RateLimitRule rule = rule("rule", "3/PT3S");
        assertThat(store().tryConsume(rule, client(1), 99).allowed()).isTrue();
        assertThat(store().tryConsume(rule, client(1), 99).nanosToRetry())
                .isEqualTo(Duration.ofSeconds(3).toNanos());
    }

    @Test
    void clients_rules_and_versions_of_a_rule_count_apart() {
        RateLimitRule rule = rule("rule", "1/PT1H");
        assertThat(store().tryConsume(rule, client(1), 1).allowed()).isTrue();
        assertThat(store().tryConsume(rule, client(2), 1).allowed()).isTrue();
        assertThat(store().tryConsume(rule, HashedKey.of("header", "a"), 1).allowed())
                .isTrue();
        assertThat(store().tryConsume(rule, HashedKey.of("header", "b"), 1).allowed())
                .isTrue();
        assertThat(store().tryConsume(rule("other", "1/PT1H"), client(1), 1).allowed())
                .isTrue();
        assertThat(store().tryConsume(rule("rule", "2/PT1H"), client(1), 1).allowed())
                .isTrue();
        assertThat(store().tryConsume(rule, client(1), 1).allowed()).isFalse();
        assertThat(store().tryConsume(rule, HashedKey.of("header", "a"), 1).allowed())
                .isFalse();
    }

    @Test
    void random_calls_are_answered_as_the_plain_arithmetic_says() {
        RateLimitRule rule = RateLimitRule.builder(
                        "rule", Quota.parse("20/PT2S").withBurst(7))
                .build();
        Random random = new Random(3);
        long arrival = 0;
        for (int i = 0; i < 300; i++) {
            long cost = 1L + random.nextInt(3);
            long after = Math.max(arrival, now.get()) + cost * 100_000_000L;
            boolean allowed = after - now.get() <= 700_000_000L;
            arrival = allowed ? after : arrival;
            assertThat(store().tryConsume(rule, client(9), cost).allowed())
                    .as("call %s", i)
                    .isEqualTo(allowed);
            now.addAndGet(random.nextInt(300) * 1_000_000L);
        }
    }
}
