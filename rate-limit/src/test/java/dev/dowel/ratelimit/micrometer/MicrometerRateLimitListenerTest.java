package dev.dowel.ratelimit.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dowel.ratelimit.RateLimitListener.Outcome;
import dev.dowel.ratelimit.RateLimitListener.StoreState;
import dev.dowel.ratelimit.RateLimitRule;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class MicrometerRateLimitListenerTest {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final MicrometerRateLimitListener listener = new MicrometerRateLimitListener(registry);
    private final RateLimitRule rule = RateLimitRule.perIp(1, Duration.ofSeconds(1));

    @Test
    void decisions_are_counted_by_rule_and_outcome() {
        listener.decided(rule, Outcome.ALLOWED);
        listener.decided(rule, Outcome.ALLOWED);
        listener.decided(rule, Outcome.WOULD_REFUSE);
        assertThat(registry.get("dowel.ratelimit.decisions")
                        .tags("rule", "default", "outcome", "allowed")
                        .counter()
                        .count())
                .isEqualTo(2);
        assertThat(registry.get("dowel.ratelimit.decisions")
                        .tags("outcome", "would_refuse")
                        .counter()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void the_state_of_the_store_is_a_gauge_and_its_changes_are_counted() {
        assertThat(registry.get("dowel.ratelimit.store.shared").gauge().value()).isEqualTo(1);
        listener.storeChanged(StoreState.AWAY);
        assertThat(registry.get("dowel.ratelimit.store.shared").gauge().value()).isZero();
        assertThat(registry.get("dowel.ratelimit.store.changes")
                        .tag("state", "away")
                        .counter()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void no_tag_is_anything_but_rule_outcome_and_state() {
        listener.decided(rule, Outcome.REFUSED);
        listener.storeChanged(StoreState.SHARED);
        listener.ignoredForwardingHeader();
        assertThat(registry.getMeters())
                .flatExtracting(meter -> meter.getId().getTags())
                .extracting(Tag::getKey)
                .containsOnly("rule", "outcome", "state");
    }
}
