package dev.dowel.ratelimit.micrometer;

import dev.dowel.ratelimit.RateLimitListener;
import dev.dowel.ratelimit.RateLimitRule;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter.MeterProvider;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Makes meters of a filter and its store. Their number is set by the rules; no tag depends on an address, a client or a path.
 *
 * <ul>
 *   <li>{@code dowel.ratelimit.decisions}: a counter of calls; tags {@code rule} and {@code outcome}: {@code allowed}, {@code
 *       refused}, {@code would_refuse}, {@code unavailable}
 *   <li>{@code dowel.ratelimit.store.changes}: a counter of how often the shared store went away or came back; tag {@code
 *       state}: {@code shared}, {@code away}
 *   <li>{@code dowel.ratelimit.store.shared}: a gauge, 1 while the shared store counts, 0 while it is away
 *   <li>{@code dowel.ratelimit.ignored.forwarding.headers}: a counter of requests in which a trusted proxy sent the header
 *       that is not the configured one
 * </ul>
 *
 * <p>Instances are safe for use by several threads. Give one to both the filter and the store.
 */
public final class MicrometerRateLimitListener implements RateLimitListener {
    private final MeterProvider<Counter> decisions;
    private final MeterProvider<Counter> changes;
    private final Counter ignored;
    private final AtomicInteger shared = new AtomicInteger(1);

    /**
     * Makes the listener.
     *
     * @param registry where the meters are registered
     */
    public MicrometerRateLimitListener(MeterRegistry registry) {
        this.decisions = Counter.builder("dowel.ratelimit.decisions")
                .description("Calls that the rate limit decided on")
                .withRegistry(registry);
        this.changes = Counter.builder("dowel.ratelimit.store.changes")
                .description("How often the shared rate limit store went away or came back")
                .withRegistry(registry);
        this.ignored = Counter.builder("dowel.ratelimit.ignored.forwarding.headers")
                .description("Requests with a forwarding header that is not the configured one")
                .register(registry);
        Gauge.builder("dowel.ratelimit.store.shared", shared, AtomicInteger::get)
                .description("1 while the shared rate limit store counts, 0 while it is away")
                .strongReference(true)
                .register(registry);
    }

    @Override
    public void decided(RateLimitRule rule, Outcome outcome) {
        decisions
                .withTags(Tags.of("rule", rule.name(), "outcome", lower(outcome)))
                .increment();
    }

    @Override
    public void storeChanged(StoreState state) {
        shared.set(state == StoreState.SHARED ? 1 : 0);
        changes.withTags(Tags.of("state", lower(state))).increment();
    }

    @Override
    public void ignoredForwardingHeader() {
        ignored.increment();
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
