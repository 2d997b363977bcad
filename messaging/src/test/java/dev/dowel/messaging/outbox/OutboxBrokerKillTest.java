package dev.dowel.messaging.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import dev.dowel.messaging.EventType;
import dev.dowel.messaging.Message;
import dev.dowel.messaging.Messaging;
import dev.dowel.messaging.Subscription;
import dev.dowel.messaging.VersionRange;
import dev.dowel.testservices.PostgreSql;
import dev.dowel.testservices.RabbitMq;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

/** Outbox and inbox on RabbitMQ and PostgreSQL, with the broker killed while the relay works. */
class OutboxBrokerKillTest {
    record Renamed(String user, int number) {}

    private static final EventType<Renamed> RENAMED = EventType.of("user.renamed", "1.0.0", Renamed.class);
    private static final String UNREAD = "unread";
    private static final int USERS = 30;
    private static final int ROWS_EACH = 40;

    @Test
    void every_committed_row_arrives_takes_effect_once_and_was_published_in_order_of_its_key() throws Exception {
        PGSimpleDataSource database = new PGSimpleDataSource();
        database.setUrl(PostgreSql.shared().newDatabase());
        OutboxSchema.createIfMissing(database);
        Map<String, List<Integer>> handled = new ConcurrentHashMap<>();
        try (RabbitMq broker = RabbitMq.start();
                Messaging messaging = Messaging.builder()
                        .uri(broker.uri().toString())
                        .connectionName("outbox")
                        .build();
                Outbox outbox = Outbox.builder(database)
                        .publishWith(messaging)
                        .pollInterval(Duration.ofMillis(200))
                        .build()) {
            messaging.start();
            Subscription subscription = messaging
                    .subscribe("likes.user-renamed")
                    .bind("events", "user.renamed", VersionRange.parse("^1.0.0"))
                    .idempotent(JdbcInbox.of(database))
                    .handler(
                            Renamed.class,
                            (body, delivery) -> handled.computeIfAbsent(
                                            body.user(), user -> new CopyOnWriteArrayList<>())
                                    .add(body.number()));
            await().atMost(Duration.ofSeconds(30)).until(subscription::active);
            onChannel(broker, channel -> {
                channel.queueDeclare(UNREAD, true, false, false, Map.of("x-queue-type", "quorum"));
                channel.queueBind(UNREAD, "events", "user.renamed.#");
            });
            // A quorum queue younger than two seconds may lose what it confirmed; that is the broker's own fault.
            await().pollDelay(Duration.ofSeconds(2)).until(() -> true);
            outbox.start();

            for (int kill = 1; kill <= 2; kill++) {
                store(outbox, kill);
                int enough = (kill * 2 - 1) * USERS * ROWS_EACH / 8;
                await().atMost(Duration.ofSeconds(60)).until(() -> count(handled) >= enough);
                broker.kill();
                int before = count(handled);
                broker.restart();
                assertThat(before).as("rows handled when the broker died").isLessThan(kill * USERS * ROWS_EACH / 2);
            }

            await().atMost(Duration.ofSeconds(60)).until(() -> count(handled) >= USERS * ROWS_EACH);
            await().atMost(Duration.ofSeconds(30)).until(() -> outbox.pending() == 0);
            List<Integer> inOrder = IntStream.range(0, ROWS_EACH).boxed().toList();
            assertThat(handled)
                    .hasSize(USERS)
                    .allSatisfy((user, numbers) -> assertThat(numbers).containsExactlyInAnyOrderElementsOf(inOrder));
            // The broker may deliver again in another order, so the order of publishing shows only where nobody reads.
            assertThat(firstSightings(broker))
                    .hasSize(USERS)
                    .allSatisfy((user, numbers) -> assertThat(numbers).containsExactlyElementsOf(inOrder));
        }
    }

    private interface OnChannel {
        void run(Channel channel) throws Exception;
    }

    private static void onChannel(RabbitMq broker, OnChannel work) throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(broker.uri());
        try (Connection connection = factory.newConnection();
                Channel channel = connection.createChannel()) {
            work.run(channel);
        }
    }

    /** Reads the queue that nobody consumes: the numbers of each user as they were published, without repetitions. */
    private static Map<String, Set<Integer>> firstSightings(RabbitMq broker) throws Exception {
        Map<String, Set<Integer>> seen = new HashMap<>();
        ObjectMapper json = new ObjectMapper();
        onChannel(broker, channel -> {
            GetResponse next = channel.basicGet(UNREAD, true);
            while (next != null) {
                Renamed body = json.readValue(next.getBody(), Renamed.class);
                seen.computeIfAbsent(body.user(), user -> new LinkedHashSet<>()).add(body.number());
                next = channel.basicGet(UNREAD, true);
            }
        });
        return seen;
    }

    /** Stores half of the rows, one transaction for each number. */
    private static void store(Outbox outbox, int half) {
        for (int number = (half - 1) * ROWS_EACH / 2; number < half * ROWS_EACH / 2; number++) {
            int of = number;
            outbox.inTransaction(connection -> {
                for (int user = 0; user < USERS; user++) {
                    Renamed body = new Renamed("u" + user, of);
                    outbox.enqueue(
                            connection, "events", Message.of(RENAMED, body).key(body.user()));
                }
                return null;
            });
        }
    }

    private static int count(Map<String, List<Integer>> handled) {
        List<Integer> sizes = new ArrayList<>();
        handled.forEach((user, numbers) -> sizes.add(numbers.size()));
        return sizes.stream().mapToInt(Integer::intValue).sum();
    }
}
