package dev.dowel.remotemodel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dowel.remotemodel.micrometer.MicrometerMigrationListener;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What an operator sees of a migration. */
class MigrationMetersTest {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final SideDouble local = new SideDouble();
    private final SideDouble remote = new SideDouble();
    private final ManualEngine engine = new ManualEngine();
    private final RecordingListener recording = new RecordingListener();
    private final AtomicReference<MigrationPlan> plan = new AtomicReference<>(MigrationPlan.shadow());
    private final MigratingRepository<Book, Long> books = MigratingRepository.builder(
                    "books", local, remote, IdCodec.LONG)
            .plan(plan::get)
            .listener(new MicrometerMigrationListener(registry))
            .listener(recording)
            .onRemoteFailure(MigratingRepository.OnRemoteFailure.FALLBACK_LOCAL)
            .shadowLimits(1, 1)
            .engine(engine)
            .build();

    private double count(String meter, String... tags) {
        return registry.get(meter).tags(tags).counter().count();
    }

    private void look() {
        engine.work();
        engine.pass(Duration.ofSeconds(1));
        engine.work();
    }

    @Test
    void agreement_and_its_contrary_are_counted_by_entity_and_operation() {
        local.holding(new Book(1L, "canary", 1, null)).holding(new Book(2L, "b", 1, null));
        remote.holding(new Book(1L, "canary", 1, null)).holding(new Book(2L, "c", 1, null));
        books.get(1L);
        look();
        books.get(2L);
        look();
        books.find(1L);
        books.find(1L);
        books.find(1L);

        String meter = "dowel.migration.comparisons";
        assertThat(count(meter, "entity", "books", "operation", "get", "result", "agreed"))
                .isEqualTo(1);
        assertThat(count(meter, "operation", "get", "result", "differed")).isEqualTo(1);
        assertThat(count(meter, "operation", "find", "result", "busy")).isEqualTo(1);
        assertThat(recording.events).contains("get agreed", "get differed [title]");
    }

    @Test
    void second_writes_that_fail_and_reads_that_fall_back_are_counted() {
        local.holding(new Book(1L, "a", 1, null));
        remote.failing(RemoteResponseException.of(503, "away"));
        plan.set(MigrationPlan.dualWrite());
        books.patch(1L, Patch.of("price", 2));
        plan.set(MigrationPlan.builder(MigrationPlan.Reads.REMOTE, MigrationPlan.Writes.REMOTE_THEN_LOCAL)
                .build());
        books.get(1L);

        assertThat(count("dowel.migration.second.write.failures", "entity", "books", "operation", "patch"))
                .isEqualTo(1);
        assertThat(count("dowel.migration.fallbacks", "entity", "books", "operation", "get"))
                .isEqualTo(1);
    }

    @Test
    void no_meter_depends_on_an_id() {
        for (long id = 1; id <= 1_000; id++) {
            local.holding(new Book(id, "a" + id, 1, null));
            remote.holding(new Book(id, "b" + id, 1, null));
            books.get(id);
            look();
        }
        List<String> values = registry.getMeters().stream()
                .flatMap(meter -> meter.getId().getTags().stream())
                .map(Tag::getValue)
                .distinct()
                .toList();

        assertThat(registry.getMeters()).hasSize(1);
        assertThat(values).containsExactlyInAnyOrder("books", "get", "differed");
    }
}
