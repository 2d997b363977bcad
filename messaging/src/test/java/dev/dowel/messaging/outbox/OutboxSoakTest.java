package dev.dowel.messaging.outbox;

import static dev.dowel.messaging.outbox.TestDatabase.execute;
import static dev.dowel.messaging.outbox.TestDatabase.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dowel.testservices.PostgreSql;
import dev.dowel.testservices.RabbitMq;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * The whole way from a transaction to the transaction of a handler: one publisher, two relays and three consumers in JVMs of
 * their own, while a nemesis is at work. Checked in the words of Jepsen. A minute, or five with {@code -Dsoak=true}.
 */
class OutboxSoakTest {
    private static final boolean LONG = Boolean.getBoolean("soak");
    private static final long SEED = Long.getLong("soak.seed", 42);
    private static final Duration TIME = LONG ? Duration.ofMinutes(5) : Duration.ofMinutes(1);
    private static final int SHORTEST_PAUSE = LONG ? 5_000 : 2_000;
    private static final int LONGEST_PAUSE = LONG ? 20_000 : 6_000;
    private static final int LEAST_HARMS = LONG ? Nemesis.Harm.values().length : 5;
    private static final Duration PATIENCE = Duration.ofMinutes(4);

    @TempDir
    private Path folder;

    private final Random random = new Random(SEED);
    private final PGSimpleDataSource database = new PGSimpleDataSource();
    private final List<Process> relays = new ArrayList<>();
    private final List<Process> consumers = new ArrayList<>();
    private Process publisher;
    private String url;
    private URI broker;
    private URI relayNetwork;
    private URI consumerNetwork;

    @Test
    void nothing_committed_is_lost_or_takes_effect_twice_or_out_of_order_whatever_dies() throws Exception {
        try (RabbitMq rabbit = RabbitMq.start();
                PostgreSql server = PostgreSql.start();
                NemesisProxy forRelays = new NemesisProxy(rabbit.uri());
                NemesisProxy forConsumers = new NemesisProxy(rabbit.uri())) {
            broker = rabbit.uri();
            relayNetwork = forRelays.uri();
            consumerNetwork = forConsumers.uri();
            makeTables(server);
            Witness.declare(broker);
            startConsumers();
            // A quorum queue younger than two seconds may lose what it confirmed; that is the broker's own fault.
            await().atMost(PATIENCE)
                    .until(() ->
                            rabbit.ctl("-q", "list_queues", "name", "consumers").contains(SoakPrograms.QUEUE + "\t6"));
            Nemesis.pass(Duration.ofSeconds(3));
            startRelays();
            startPublisher();
            Nemesis nemesis =
                    new Nemesis(random, rabbit, server, List.of(forRelays, forConsumers), this::killAndReplace);
            long end = System.nanoTime() + TIME.toNanos();
            while (System.nanoTime() - end < 0 || nemesis.done().size() < LEAST_HARMS) {
                Nemesis.pass(Duration.ofMillis(SHORTEST_PAUSE + random.nextInt(LONGEST_PAUSE - SHORTEST_PAUSE)));
                nemesis.strike();
            }
            ChildJvm.kill(publisher);
            await().atMost(PATIENCE).ignoreExceptions().until(() -> settled(rabbit));
            check(nemesis);
        } finally {
            relays.forEach(ChildJvm::kill);
            consumers.forEach(ChildJvm::kill);
            if (publisher != null) {
                ChildJvm.kill(publisher);
            }
        }
    }

    private void makeTables(PostgreSql server) {
        url = server.newDatabase();
        database.setUrl(url);
        OutboxSchema.createIfMissing(database);
        execute(database, "CREATE TABLE soak_writer (id int)");
        execute(database, "INSERT INTO soak_writer VALUES (1)");
        execute(database, "CREATE TABLE soak_event (n bigint PRIMARY KEY)");
        execute(database, "CREATE TABLE soak_effect (n bigint)");
    }

    private void startRelays() {
        while (relays.size() < 2) {
            relays.add(ChildJvm.start(
                    RelayingService.class, folder.resolve("relays.log"), url, relayNetwork.toString(), "100"));
        }
    }

    private void startConsumers() {
        while (consumers.size() < 3) {
            consumers.add(ChildJvm.start(
                    SoakPrograms.Consuming.class, folder.resolve("consumers.log"), url, consumerNetwork.toString()));
        }
    }

    private void startPublisher() {
        long next =
                numbers("attempted").stream().mapToLong(Long::longValue).max().orElse(0) + 1;
        publisher = ChildJvm.start(
                SoakPrograms.Publishing.class,
                folder.resolve("publisher.log"),
                url,
                broker.toString(),
                folder.resolve("attempted").toString(),
                folder.resolve("acknowledged").toString(),
                Long.toString(next));
    }

    private void killAndReplace(Nemesis.Harm harm) {
        switch (harm) {
            case KILL_RELAY -> {
                ChildJvm.kill(relays.remove(random.nextInt(relays.size())));
                startRelays();
            }
            case KILL_CONSUMER -> {
                ChildJvm.kill(consumers.remove(random.nextInt(consumers.size())));
                startConsumers();
            }
            default -> {
                ChildJvm.kill(publisher);
                startPublisher();
            }
        }
    }

    private List<Long> numbers(String file) {
        try {
            Path path = folder.resolve(file);
            return Files.exists(path)
                    ? Files.readAllLines(path).stream().map(Long::valueOf).toList()
                    : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Set<Long> column(String sql) {
        Set<Long> all = new HashSet<>();
        query(database, sql).forEach(value -> all.add((Long) value));
        return all;
    }

    /** Tells whether nothing is under way any more; what is parked does not count. */
    private boolean settled(RabbitMq rabbit) {
        boolean relayed =
                column("SELECT count(*) FROM messaging_outbox WHERE NOT parked").equals(Set.of(0L));
        return relayed
                && rabbit.ctl("-q", "list_queues", "name", "messages")
                        .lines()
                        .filter(line -> line.startsWith(SoakPrograms.QUEUE) && !line.contains(".parking"))
                        .allMatch(line -> line.endsWith("\t0"));
    }

    private void check(Nemesis nemesis) throws Exception {
        Set<Long> attempted = new HashSet<>(numbers("attempted"));
        Set<Long> acknowledged = new HashSet<>(numbers("acknowledged"));
        Set<Long> committed = column("SELECT n FROM soak_event");
        List<Object> effects = query(database, "SELECT n FROM soak_effect");
        Set<Long> handled = column("SELECT n FROM soak_effect");
        long parkedRows = column("SELECT count(*) FROM messaging_outbox WHERE parked")
                .iterator()
                .next();
        List<Witness.Sighting> sightings = Witness.read(broker);
        Set<Long> seen = new HashSet<>();
        sightings.forEach(one -> seen.add(Long.valueOf(one.body())));

        Set<Long> lost = new HashSet<>(acknowledged);
        lost.addAll(committed);
        lost.removeAll(handled);
        Set<Long> unexpected = new HashSet<>(handled);
        unexpected.addAll(seen);
        unexpected.removeAll(committed);
        List<String> outOfOrder = outOfOrder(Witness.firstSightings(sightings));
        int duplicated = sightings.size() - Set.copyOf(sightings).size();
        System.out.printf(
                "outbox soak, seed %d, %d s%n"
                        + "| attempted | acknowledged | committed | handled | lost | parked | duplicated on the broker"
                        + " | duplicated after the inbox | unexpected | out of order |%n"
                        + "|---|---|---|---|---|---|---|---|---|---|%n"
                        + "| %d | %d | %d | %d | %d | %d | %d | %d | %d | %d |%n"
                        + "nemesis: %s%n",
                SEED,
                TIME.toSeconds(),
                attempted.size(),
                acknowledged.size(),
                committed.size(),
                handled.size(),
                lost.size(),
                parkedRows,
                duplicated,
                effects.size() - handled.size(),
                unexpected.size(),
                outOfOrder.size(),
                nemesis.done());
        assertThat(lost).as("lost").isEmpty();
        assertThat(unexpected).as("unexpected").isEmpty();
        assertThat(effects).as("effects").doesNotHaveDuplicates();
        assertThat(outOfOrder).as("out of order").isEmpty();
        assertThat(committed).containsAll(acknowledged).hasSizeGreaterThan(SoakPrograms.KEYS);
        assertThat(attempted).containsAll(committed);
        assertThat(parkedRows).as("parked in the outbox").isZero();
    }

    private static List<String> outOfOrder(Map<String, List<Long>> firstSightings) {
        List<String> found = new ArrayList<>();
        firstSightings.forEach((key, numbers) -> {
            for (int i = 1; i < numbers.size(); i++) {
                if (numbers.get(i) < numbers.get(i - 1)) {
                    found.add(key + ": " + numbers.get(i) + " after " + numbers.get(i - 1));
                }
            }
        });
        return found;
    }
}
