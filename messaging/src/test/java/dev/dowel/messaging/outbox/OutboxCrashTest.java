package dev.dowel.messaging.outbox;

import static dev.dowel.messaging.outbox.TestDatabase.execute;
import static dev.dowel.messaging.outbox.TestDatabase.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dowel.messaging.Messaging;
import dev.dowel.messaging.Subscription;
import dev.dowel.messaging.VersionRange;
import dev.dowel.testservices.PostgreSql;
import dev.dowel.testservices.RabbitMq;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.postgresql.ds.PGSimpleDataSource;

/** A service that dies at each point between its transaction and the end of its message's row. */
class OutboxCrashTest {
    private static final int RUNS = Boolean.getBoolean("soak") ? 100 : 5;

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource
    void no_crash_loses_what_was_committed_or_sends_what_was_not(CrashingService.Point point) throws Exception {
        String url = PostgreSql.shared().newDatabase();
        PGSimpleDataSource database = new PGSimpleDataSource();
        database.setUrl(url);
        OutboxSchema.createIfMissing(database);
        execute(database, "CREATE TABLE gone (id bigint PRIMARY KEY)");
        String broker = RabbitMq.shared().newVhost().toString();
        Map<Long, List<String>> handled = new ConcurrentHashMap<>();
        try (Messaging messaging = Messaging.builder().uri(broker).build()) {
            messaging.start();
            Subscription subscription = messaging
                    .subscribe("likes")
                    .bind("events", "user.deleted", VersionRange.parse("^1.0.0"))
                    .handler(
                            Long.class,
                            (body, delivery) -> handled.computeIfAbsent(body, user -> new CopyOnWriteArrayList<>())
                                    .add(delivery.messageId().orElseThrow()));
            await().atMost(Duration.ofSeconds(60)).until(subscription::active);

            for (int run = 0; run < RUNS; run++) {
                long first = (long) run * CrashingService.ROWS;
                crash(url, broker, point, first, 1 + run * 7 % CrashingService.ROWS);
                try (Outbox survivor = Outbox.builder(database)
                        .publishWith(messaging)
                        .pollInterval(Duration.ofMillis(100))
                        .build()) {
                    assertThat(survivor.pending()).isBetween(leastLeft(point), mostLeft(point));
                    survivor.start();
                    await().atMost(Duration.ofSeconds(60)).until(() -> survivor.pending() == 0);
                }
            }

            Set<Object> committed = new HashSet<>(query(database, "SELECT id FROM gone"));
            assertThat(committed)
                    .hasSize(point == CrashingService.Point.BEFORE_COMMIT ? 0 : RUNS * CrashingService.ROWS);
            await().atMost(Duration.ofSeconds(60)).until(() -> handled.size() >= committed.size());
            assertThat(handled.keySet()).isEqualTo(committed);
            assertThat(handled)
                    .allSatisfy((user, ids) -> assertThat(ids.stream().distinct())
                            .as("ids of the messages about " + user)
                            .hasSize(1));
            long duplicates =
                    handled.values().stream().filter(ids -> ids.size() > 1).count();
            switch (point) {
                case BEFORE_COMMIT, AFTER_COMMIT_BEFORE_WAKE_UP ->
                    assertThat(duplicates).isZero();
                case AFTER_PUBLISH_BEFORE_CONFIRM -> {
                    // The broker has it or not: nobody knows.
                }
                case AFTER_CONFIRM_BEFORE_DELETE, DURING_DELETE ->
                    assertThat(duplicates).as("it died behind the confirm").isPositive();
            }
        }
    }

    private static long leastLeft(CrashingService.Point point) {
        return switch (point) {
            case BEFORE_COMMIT -> 0;
            case AFTER_COMMIT_BEFORE_WAKE_UP, AFTER_CONFIRM_BEFORE_DELETE, DURING_DELETE -> CrashingService.ROWS;
            // The shards before the one in which it died are done.
            case AFTER_PUBLISH_BEFORE_CONFIRM -> 1;
        };
    }

    private static long mostLeft(CrashingService.Point point) {
        return point == CrashingService.Point.BEFORE_COMMIT ? 0 : CrashingService.ROWS;
    }

    private void crash(String database, String broker, CrashingService.Point point, long first, int after)
            throws Exception {
        Path log = Files.createTempFile(folder, "service", ".log");
        Process service = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        CrashingService.class.getName(),
                        database,
                        broker,
                        point.name(),
                        Long.toString(first),
                        Integer.toString(after))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            assertThat(service.waitFor(120, TimeUnit.SECONDS))
                    .as(() -> "the service ended")
                    .isTrue();
            assertThat(service.exitValue()).as(() -> "its output is in " + log).isEqualTo(CrashingService.HALTED);
        } finally {
            service.destroyForcibly();
        }
    }
}
