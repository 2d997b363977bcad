package dev.dowel.messaging.micrometer;

import dev.dowel.messaging.outbox.OutboxHealth;
import dev.dowel.messaging.outbox.OutboxListener;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter.MeterProvider;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Makes meters of an outbox.
 *
 * <ul>
 *   <li>{@code messaging.outbox.pending}: how many messages wait to be published, up to 10,001, which means more
 *   <li>{@code messaging.outbox.oldest.age}: for how many seconds the oldest of them has waited, 0 if none does
 *   <li>{@code messaging.outbox.parked}: how many messages are not sent any more, up to 10,001
 *   <li>{@code messaging.outbox.relayed}: a counter of messages that this process published and the broker confirmed
 *   <li>{@code messaging.outbox.failed}: a counter of those that it could not; tag {@code reason}: a {@link
 *       dev.dowel.messaging.PublishException.Kind} in lower case
 *   <li>{@code messaging.outbox.batch.size}: how many rows this process published together
 * </ul>
 *
 * <p>The first three are of the table, which all instances share. For them the database is asked at most once in five
 * seconds; they are not a number while it does not answer. Instances are safe for use by several threads. One listens to
 * one outbox; a second outbox needs an instance with other tags.
 */
public final class MicrometerOutboxListener implements OutboxListener {
    private static final Duration KEPT = Duration.ofSeconds(5);

    private final MeterRegistry registry;
    private final Tags common;
    private final Counter relayed;
    private final MeterProvider<Counter> failed;
    private final DistributionSummary batchSize;

    /** Not a monitor: a virtual thread that waits for the database within one would hold its carrier. */
    private final ReentrantLock asking = new ReentrantLock();

    private @Nullable OutboxHealth kept;
    private long keptSince;

    /**
     * Makes the listener, for {@link dev.dowel.messaging.outbox.Outbox.Builder#listener}.
     *
     * @param registry where the meters are registered
     */
    public MicrometerOutboxListener(MeterRegistry registry) {
        this(registry, List.of());
    }

    /**
     * Makes a listener whose meters have tags of their own.
     *
     * @param registry where the meters are registered
     * @param tags what tells them from those of another outbox
     */
    public MicrometerOutboxListener(MeterRegistry registry, Iterable<Tag> tags) {
        this.registry = Objects.requireNonNull(registry, "registry");
        this.common = Tags.of(tags);
        this.relayed = Counter.builder("messaging.outbox.relayed")
                .description("Messages that were published and confirmed")
                .tags(common)
                .register(registry);
        this.failed = Counter.builder("messaging.outbox.failed")
                .description("Messages that were not confirmed, each time")
                .tags(common)
                .withRegistry(registry);
        this.batchSize = DistributionSummary.builder("messaging.outbox.batch.size")
                .description("Rows that were published together")
                .baseUnit("rows")
                .tags(common)
                .register(registry);
    }

    @Override
    public void attached(Supplier<OutboxHealth> health) {
        gauge(
                "messaging.outbox.pending",
                "Messages that wait to be published, up to 10,001",
                health,
                now -> now.pending().isPresent() ? now.pending().getAsLong() : Double.NaN);
        gauge(
                "messaging.outbox.parked",
                "Messages that are not sent any more, up to 10,001",
                health,
                now -> now.parked().isPresent() ? now.parked().getAsLong() : Double.NaN);
        Gauge.builder("messaging.outbox.oldest.age", () -> oldestSeconds(recent(health)))
                .description("For how long the oldest message has waited")
                .baseUnit("seconds")
                .tags(common)
                .register(registry);
    }

    private static double oldestSeconds(OutboxHealth now) {
        return now.pending().isPresent()
                ? now.oldest().map(age -> age.toMillis() / 1_000.0).orElse(0.0)
                : Double.NaN;
    }

    private void gauge(
            String name, String description, Supplier<OutboxHealth> health, ToDoubleFunction<OutboxHealth> value) {
        Gauge.builder(name, () -> value.applyAsDouble(recent(health)))
                .description(description)
                .tags(common)
                .register(registry);
    }

    /** Asks once for all gauges of a scrape, also where the answer takes long. */
    private OutboxHealth recent(Supplier<OutboxHealth> health) {
        asking.lock();
        try {
            OutboxHealth last = kept;
            if (last == null || registry.config().clock().monotonicTime() - keptSince >= KEPT.toNanos()) {
                last = health.get();
                kept = last;
                keptSince = registry.config().clock().monotonicTime();
            }
            return last;
        } finally {
            asking.unlock();
        }
    }

    @Override
    public void relayed(Batch batch) {
        relayed.increment(batch.published());
        batchSize.record(batch.rows());
        batch.failed()
                .forEach((kind, rows) -> failed.withTag("reason", kind.name().toLowerCase(Locale.ROOT))
                        .increment(rows));
    }
}
