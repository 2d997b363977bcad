package dev.dowel.messaging.outbox;

import static dev.dowel.messaging.outbox.TestDatabase.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dowel.messaging.EventType;
import dev.dowel.messaging.Message;
import dev.dowel.messaging.testing.InMemoryMessaging;
import dev.dowel.testservices.PostgreSql;
import dev.dowel.testservices.RabbitMq;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;

/** Relays in JVMs of their own that are killed at random; much longer with {@code -Dsoak=true}. */
class RelayKillTest {
    private static final EventType<Long> COUNTED = EventType.of("user.counted", "1.0.0", Long.class);
    private static final boolean SOAK = Boolean.getBoolean("soak");
    private static final long SEED = Long.getLong("soak.seed", 42);
    private static final int BATCH = 20;
    private static final Duration LONG = Duration.ofMinutes(5);

    @TempDir
    private Path folder;

    private final Random random = new Random(SEED);
    private final PGSimpleDataSource database = new PGSimpleDataSource();
    private final List<Process> relays = new ArrayList<>();
    private String url;
    private Outbox writing;

    @BeforeEach
    void makeTables() {
        url = PostgreSql.shared().newDatabase();
        database.setUrl(url);
        OutboxSchema.createIfMissing(database);
        writing = Outbox.builder(database).publishWith(new InMemoryMessaging()).build();
    }

    @AfterEach
    void killAll() {
        relays.forEach(ChildJvm::kill);
    }

    private void startRelay(URI broker) {
        relays.add(ChildJvm.start(
                RelayingService.class, folder.resolve("relays.log"), url, broker.toString(), Integer.toString(BATCH)));
    }

    /** Stores rows with the numbers from one on and before another, one transaction for each round over the keys. */
    private void store(long from, long to, int keys) {
        for (long number = from; number < to; number++) {
            long body = number;
            writing.inTransaction(connection -> {
                for (int key = 0; key < keys; key++) {
                    writing.enqueue(
                            connection, "events", Message.of(COUNTED, body).key("k" + key));
                }
                return null;
            });
        }
    }

    private long left() {
        return (long) query(database, "SELECT count(*) FROM messaging_outbox").get(0);
    }

    private void awaitLeft(long most) {
        await().atMost(LONG).pollInterval(Duration.ofMillis(5)).until(() -> left() <= most);
    }

    @Test
    void o6_of_three_relays_one_is_killed_and_only_its_batch_comes_twice() throws Exception {
        int keys = 100;
        int each = 20;
        URI broker = RabbitMq.shared().newVhost();
        Witness.declare(broker);
        for (int relay = 0; relay < 3; relay++) {
            startRelay(broker);
        }
        int repeated = 0;
        for (int round = 0; round < (SOAK ? 50 : 4); round++) {
            store((long) round * each, (round + 1L) * each, keys);
            awaitLeft((long) keys * each * (3 + random.nextInt(6)) / 10);
            ChildJvm.kill(relays.remove(random.nextInt(relays.size())));
            awaitLeft(0);

            List<Witness.Sighting> seen = Witness.read(broker);
            Set<Witness.Sighting> again = Witness.repeated(seen);
            assertThat(Set.copyOf(seen)).hasSize(keys * each);
            assertThat(seen).as("no row three times").hasSize(keys * each + again.size());
            assertThat(again).hasSizeLessThanOrEqualTo(BATCH);
            Set<Integer> shards = again.stream()
                    .map(one -> Math.floorMod(one.key().hashCode(), OutboxTable.SHARDS))
                    .collect(Collectors.toSet());
            assertThat(shards).as("the shards of what came twice").hasSizeLessThanOrEqualTo(ShardPass.TOGETHER);
            repeated += again.size();
            startRelay(broker);
        }
        System.out.printf("relays killed, seed %d: %d rows came twice%n", SEED, repeated);
    }

    @Test
    void o5_the_order_of_each_key_holds_while_broker_and_relay_are_killed_at_random() throws Exception {
        int keys = SOAK ? 1_000 : 150;
        int each = 20;
        int kills = SOAK ? 15 : 6;
        try (RabbitMq broker = RabbitMq.start()) {
            Witness.declare(broker.uri());
            // A quorum queue younger than two seconds may lose what it confirmed; that is the broker's own fault.
            await().pollDelay(Duration.ofSeconds(3)).until(() -> true);
            store(0, each, keys);
            startRelay(broker.uri());
            long total = (long) keys * each;
            for (int kill = 0; kill < kills; kill++) {
                long part = total / (kills + 1);
                awaitLeft(total - part * (kill + 1) + random.nextInt((int) part / 2));
                if (kill % 3 == 1) {
                    broker.kill();
                    broker.restart();
                } else {
                    ChildJvm.kill(relays.remove(0));
                    startRelay(broker.uri());
                }
            }
            awaitLeft(0);

            List<Witness.Sighting> seen = Witness.read(broker.uri());
            System.out.printf(
                    "broker and relay killed, seed %d: %d kills, %d rows, %d came again%n",
                    SEED, kills, total, seen.size() - total);
            List<Long> inOrder = LongStream.range(0, each).boxed().collect(Collectors.toList());
            assertThat(Witness.firstSightings(seen))
                    .hasSize(keys)
                    .allSatisfy((key, numbers) -> assertThat(numbers).isEqualTo(inOrder));
        }
    }
}
