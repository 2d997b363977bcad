package dev.dowel.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class ResilientBucketStoreTest {
    private static final RateLimitRule TEN = RateLimitRule.perIp(10, Duration.ofSeconds(1));
    private static final ClientAddress CLIENT = ClientAddress.ipv4(0x0A000001L);

    private final AtomicLong now = new AtomicLong(5_000);
    private final FaultyStore shared = new FaultyStore(now::get);
    private final List<RateLimitListener.StoreState> states = new ArrayList<>();

    private ResilientBucketStore store(FailurePolicy policy) {
        return ResilientBucketStore.builder(shared, 3)
                .own(new LocalBucketStore(100, now::get))
                .onFailure(policy)
                .nanos(now::get)
                .listener(new RateLimitListener() {
                    @Override
                    public void storeChanged(StoreState state) {
                        states.add(state);
                    }
                })
                .build();
    }

    @Test
    void a_probe_that_ends_with_an_error_is_followed_by_another() {
        ResilientBucketStore store = store(FailurePolicy.OPEN);
        shared.failWith(new IllegalStateException());
        for (int i = 0; i < 9; i++) {
            store.tryConsume(TEN, CLIENT, 1);
        }
        assertThat(shared.asked).hasValue(5);

        shared.failWith(new StackOverflowError());
        now.addAndGet(Duration.ofSeconds(1).toNanos());
        assertThatThrownBy(() -> store.tryConsume(TEN, CLIENT, 1)).isInstanceOf(StackOverflowError.class);
        store.tryConsume(TEN, CLIENT, 1);
        assertThat(shared.asked).hasValue(6);

        shared.failWith(null);
        now.addAndGet(Duration.ofSeconds(1).toNanos());
        store.tryConsume(TEN, CLIENT, 1);
        assertThat(states).containsExactly(RateLimitListener.StoreState.AWAY, RateLimitListener.StoreState.SHARED);
    }

    @Test
    void errors_open_the_breaker_like_other_failures() {
        ResilientBucketStore store = store(FailurePolicy.OPEN);
        shared.failWith(new NoClassDefFoundError());
        for (int i = 0; i < 5; i++) {
            assertThatThrownBy(() -> store.tryConsume(TEN, CLIENT, 1)).isInstanceOf(NoClassDefFoundError.class);
        }
        assertThat(store.tryConsume(TEN, CLIENT, 1).allowed()).isTrue();
        assertThat(shared.asked).hasValue(5);
    }

    @Test
    void a_dear_call_that_is_refused_is_remembered_and_blocks_no_cheap_ones() {
        ResilientBucketStore store = store(FailurePolicy.LOCAL);
        shared.tryConsume(TEN, CLIENT, 6);
        assertThat(store.tryConsume(TEN, CLIENT, 5).allowed()).isFalse();
        assertThat(shared.asked).hasValue(2);
        assertThat(store.tryConsume(TEN, CLIENT, 5).nanosToRetry())
                .isEqualTo(Duration.ofMillis(100).toNanos());
        assertThat(shared.asked).hasValue(2);

        for (int i = 0; i < 4; i++) {
            assertThat(store.tryConsume(TEN, CLIENT, 1).allowed()).isTrue();
        }
        assertThat(store.tryConsume(TEN, CLIENT, 1).allowed()).isFalse();
    }

    @Test
    void a_look_that_is_refused_blocks_no_cheap_calls() {
        ResilientBucketStore store = store(FailurePolicy.LOCAL);
        shared.tryConsume(TEN, CLIENT, 6);
        assertThat(store.look(TEN, CLIENT, 5).allowed()).isFalse();
        assertThat(store.look(TEN, CLIENT, 4).allowed()).isTrue();
    }

    @Test
    void what_is_charged_is_charged_in_the_shared_store() {
        ResilientBucketStore store = store(FailurePolicy.LOCAL);
        for (int i = 0; i < 10; i++) {
            assertThat(store.look(TEN, CLIENT, 1).allowed()).isTrue();
            store.charge(TEN, CLIENT, 1);
        }
        assertThat(shared.look(TEN, CLIENT, 1).allowed()).isFalse();
        assertThat(store.look(TEN, CLIENT, 1).allowed()).isFalse();
    }

    @Test
    void while_the_shared_store_is_away_an_instance_charges_for_all_or_as_the_policy_says() {
        shared.failWith(new IllegalStateException());
        assertThat(charged(store(FailurePolicy.LOCAL))).isEqualTo(3);
        assertThat(charged(store(FailurePolicy.OPEN))).isEqualTo(10);
        assertThatThrownBy(() -> charged(store(FailurePolicy.CLOSED))).isInstanceOf(BucketStoreException.class);
    }

    private static int charged(ResilientBucketStore store) {
        int charged = 0;
        while (store.look(TEN, CLIENT, 1).allowed()) {
            store.charge(TEN, CLIENT, 1);
            charged++;
        }
        return charged;
    }

    @Test
    void a_request_with_several_rules_waits_for_one_failure_of_the_shared_store_only() throws Exception {
        RateLimitFilter filter = filterWithEightRules();
        assertThat(new StubRequest("GET", "/", "192.0.2.7").passes(filter, 200)).isTrue();
        assertThat(shared.asked).hasValue(8);

        shared.failWith(new IllegalStateException());
        assertThat(new StubRequest("GET", "/", "192.0.2.7").passes(filter, 200)).isTrue();
        assertThat(shared.asked).hasValue(8 + 1);
    }

    private RateLimitFilter filterWithEightRules() {
        RateLimitFilter.Builder filter = RateLimitFilter.builder()
                .defaultRule(TEN)
                .store(store(FailurePolicy.LOCAL))
                .nanos(now::get);
        for (int i = 0; i < 8; i++) {
            filter.rule(RateLimitRule.builder("rule" + i, TEN.quotas().get(0)).build(), Match.path("/*"));
        }
        return filter.build();
    }

    @Test
    void answers_that_several_rules_count_wait_for_one_failure_of_the_shared_store_only() throws Exception {
        RateLimitFilter.Builder options = RateLimitFilter.builder()
                .defaultRule(TEN)
                .store(store(FailurePolicy.LOCAL))
                .nanos(now::get);
        for (int i = 0; i < 4; i++) {
            options.rule(
                    RateLimitRule.builder("rule" + i, TEN.quotas().get(0))
                            .countWhen(status -> status == 401)
                            .build(),
                    Match.path("/*"));
        }
        RateLimitFilter filter = options.build();
        shared.failWith(new IllegalStateException());
        assertThat(new StubRequest("GET", "/", "192.0.2.7").passes(filter, 401)).isTrue();
        // One look and, when the answer is there, one charge.
        assertThat(shared.asked).hasValue(2);
    }

    @Test
    void who_is_refused_is_told_the_latest_time_that_is_known_and_the_shared_store_is_not_asked_for_it()
            throws Exception {
        List<String> refusals = new ArrayList<>();
        RateLimitFilter filter = RateLimitFilter.builder()
                .defaultRule(TEN)
                .rule(RateLimitRule.builder("seconds", Quota.parse("1/PT10S")).build(), Match.path("/*"))
                .rule(RateLimitRule.builder("hours", Quota.parse("1/PT1H")).build(), Match.path("/*"))
                .store(store(FailurePolicy.LOCAL))
                .nanos(now::get)
                .listener(new RateLimitListener() {
                    @Override
                    public void decided(RateLimitRule rule, Outcome outcome) {
                        refusals.add(rule.name() + " " + outcome);
                    }
                })
                .build();
        assertThat(new StubRequest("GET", "/", "192.0.2.7").passes(filter, 200)).isTrue();
        refusals.clear();
        long asked = shared.asked.get();
        assertThat(new StubRequest("GET", "/", "192.0.2.7").passes(filter, 200)).isFalse();
        assertThat(refusals).containsExactly("hours REFUSED");
        assertThat(shared.asked).hasValue(asked);
    }

    @Test
    void who_is_blocked_costs_no_call_of_any_store() throws Exception {
        RateLimitFilter filter = RateLimitFilter.builder()
                .defaultRule(RateLimitRule.builder("default", Quota.parse("1/PT1S"))
                        .penalty(Duration.ofMinutes(1), Duration.ofHours(1))
                        .build())
                .store(shared)
                .nanos(now::get)
                .build();
        assertThat(new StubRequest("GET", "/", "192.0.2.7").passes(filter, 200)).isTrue();
        assertThat(new StubRequest("GET", "/", "192.0.2.7").passes(filter, 200)).isFalse();
        now.addAndGet(Duration.ofSeconds(30).toNanos());
        for (int i = 0; i < 20; i++) {
            assertThat(new StubRequest("GET", "/", "192.0.2.7").passes(filter, 200))
                    .isFalse();
        }
        assertThat(shared.asked).hasValue(2);
    }

    @Test
    void only_one_call_at_a_time_finds_out_whether_the_store_is_back() {
        ResilientBucketStore store = store(FailurePolicy.OPEN);
        shared.failWith(new IllegalStateException());
        for (int i = 0; i < 5; i++) {
            store.tryConsume(TEN, CLIENT, 1);
        }
        now.addAndGet(Duration.ofSeconds(1).toNanos());
        shared.whileAsked(() -> {
            if (shared.asked.get() == 6) {
                store.tryConsume(TEN, CLIENT, 1);
            }
        });
        store.tryConsume(TEN, CLIENT, 1);
        assertThat(shared.asked).hasValue(6);
    }

    @Test
    void a_rule_may_have_its_own_policy() {
        RateLimitRule open = RateLimitRule.builder("open", TEN.quotas().get(0))
                .onStoreFailure(FailurePolicy.OPEN)
                .build();
        RateLimitRule closed = RateLimitRule.builder("closed", TEN.quotas().get(0))
                .onStoreFailure(FailurePolicy.CLOSED)
                .build();
        shared.failWith(new IllegalStateException());
        ResilientBucketStore isClosed = store(FailurePolicy.CLOSED);
        for (int i = 0; i < 10; i++) {
            assertThat(isClosed.tryConsume(open, CLIENT, 1).allowed()).isTrue();
        }
        assertThatThrownBy(() -> isClosed.tryConsume(TEN, CLIENT, 1)).isInstanceOf(BucketStoreException.class);
        ResilientBucketStore isOpen = store(FailurePolicy.OPEN);
        assertThatThrownBy(() -> isOpen.tryConsume(closed, CLIENT, 1)).isInstanceOf(BucketStoreException.class);
        assertThat(isOpen.tryConsume(TEN, CLIENT, 1).allowed()).isTrue();
    }

    @Test
    void each_change_of_the_store_makes_one_line_without_what_the_failure_says() {
        Logger logger = (Logger) LoggerFactory.getLogger(ResilientBucketStore.class);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        logger.addAppender(lines);
        logger.setLevel(Level.INFO);
        try {
            ResilientBucketStore store = store(FailurePolicy.OPEN);
            shared.failWith(new IllegalStateException("secret"));
            for (int i = 0; i < 20; i++) {
                store.tryConsume(TEN, CLIENT, 1);
            }
            shared.failWith(null);
            now.addAndGet(Duration.ofSeconds(1).toNanos());
            for (int i = 0; i < 20; i++) {
                store.tryConsume(TEN, CLIENT, 1);
            }
        } finally {
            logger.detachAppender(lines);
            logger.setLevel(null);
        }
        assertThat(lines.list).extracting(ILoggingEvent::getLevel).containsExactly(Level.WARN, Level.INFO);
        assertThat(lines.list.get(0).getFormattedMessage()).doesNotContain("secret");
    }
}
