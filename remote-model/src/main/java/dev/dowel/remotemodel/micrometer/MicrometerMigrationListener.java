package dev.dowel.remotemodel.micrometer;

import dev.dowel.remotemodel.MigrationListener;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter.MeterProvider;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.List;
import java.util.Locale;

/**
 * Makes meters of a migration, so that an operator sees whether both sides agree before the next step. Their number is set
 * by entities and operations; no tag depends on an id, a path or a failure.
 *
 * <ul>
 *   <li>{@code dowel.migration.comparisons}: a counter of shadow reads; tags {@code entity}, {@code operation}, {@code
 *       result}: {@code agreed}, {@code differed}, or why not compared: {@code busy}, {@code late}, {@code failed}, {@code
 *       unreadable}
 *   <li>{@code dowel.migration.second.write.failures}: a counter of writes the second side did not take; tags {@code
 *       entity}, {@code operation}
 *   <li>{@code dowel.migration.fallbacks}: a counter of reads the local side answered for the remote one; tags {@code
 *       entity}, {@code operation}
 * </ul>
 *
 * <p>Instances are safe for use by several threads; one may listen to several repositories.
 */
public final class MicrometerMigrationListener implements MigrationListener {

    private final MeterProvider<Counter> comparisons;
    private final MeterProvider<Counter> secondWriteFailures;
    private final MeterProvider<Counter> fallbacks;

    /**
     * Makes the listener, for {@link dev.dowel.remotemodel.MigratingRepository.Builder#listener}.
     *
     * @param registry where the meters are registered, each when it is first needed
     */
    public MicrometerMigrationListener(MeterRegistry registry) {
        this.comparisons = Counter.builder("dowel.migration.comparisons")
                .description("Reads that the other side of a migration was asked as well")
                .withRegistry(registry);
        this.secondWriteFailures = Counter.builder("dowel.migration.second.write.failures")
                .description("Writes that the second side of a migration did not take")
                .withRegistry(registry);
        this.fallbacks = Counter.builder("dowel.migration.fallbacks")
                .description("Reads that the local side answered because the remote side failed")
                .withRegistry(registry);
    }

    @Override
    public void agreed(String entity, String operation) {
        compared(entity, operation, "agreed");
    }

    @Override
    public void differed(String entity, String operation, List<String> paths) {
        compared(entity, operation, "differed");
    }

    @Override
    public void notCompared(String entity, String operation, NotCompared reason) {
        compared(entity, operation, reason.name().toLowerCase(Locale.ROOT));
    }

    @Override
    public void secondWriteFailed(String entity, String operation, String id, String failure) {
        secondWriteFailures.withTags(tags(entity, operation)).increment();
    }

    @Override
    public void fellBack(String entity, String operation, String failure) {
        fallbacks.withTags(tags(entity, operation)).increment();
    }

    private void compared(String entity, String operation, String result) {
        comparisons.withTags(tags(entity, operation).and("result", result)).increment();
    }

    private static Tags tags(String entity, String operation) {
        return Tags.of("entity", entity, "operation", operation);
    }
}
