package dev.dowel.messaging.outbox;

import static dev.dowel.messaging.Eventually.eventually;
import static dev.dowel.messaging.outbox.TestDatabase.execute;
import static dev.dowel.messaging.outbox.TestDatabase.query;
import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import dev.dowel.messaging.EventType;
import dev.dowel.messaging.Message;
import dev.dowel.messaging.Messaging;
import dev.dowel.messaging.PublishException.Kind;
import dev.dowel.messaging.StalledQueue;
import dev.dowel.messaging.Subscription;
import dev.dowel.messaging.VersionRange;
import dev.dowel.testservices.RabbitMq;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rows that the broker has and does not confirm, since the queue of another consumer stands still. */
class UnconfirmedRowsTest {
    private static final EventType<Long> STUCK = EventType.of("user.stuck", "1.0.0", Long.class);
    private static final EventType<Long> GOOD = EventType.of("user.good", "1.0.0", Long.class);
    private static final int BATCH = 3;
    private static RabbitMq broker;

    private final List<Long> handled = new CopyOnWriteArrayList<>();
    private URI vhost;
    private DataSource database;

    @BeforeAll
    static void startBroker() {
        broker = RabbitMq.start();
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @BeforeEach
    void declare() throws Exception {
        vhost = broker.newVhost();
        database = TestDatabase.POSTGRESQL.fresh();
        OutboxSchema.createIfMissing(database);
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(vhost.toString());
        try (Connection connection = factory.newConnection("plain")) {
            var channel = connection.createChannel();
            channel.exchangeDeclare("events", "topic", true);
            channel.queueDeclare("stuck", true, false, false, Map.of("x-queue-type", "classic"));
            channel.queueBind("stuck", "events", "user.stuck.#");
        }
    }

    private Messaging messaging(Duration publishTimeout) {
        Messaging messaging = Messaging.builder()
                .uri(vhost.toString())
                .connectionName("unconfirmed")
                .publishTimeout(publishTimeout)
                .build();
        messaging.start();
        Subscription subscription = messaging
                .subscribe("good")
                .bind("events", "user.good", VersionRange.parse("^1.0.0"))
                .handler(Long.class, (body, delivery) -> handled.add(body));
        assertThat(subscription.awaitActive(Duration.ofSeconds(30))).isTrue();
        return messaging;
    }

    private static void store(Outbox outbox, DataSource database) {
        outbox.inTransaction(connection -> {
            for (long i = 1; i <= BATCH; i++) {
                outbox.enqueue(connection, "events", Message.of(STUCK, i));
            }
            outbox.enqueue(connection, "events", Message.of(GOOD, 7L));
            return null;
        });
        execute(database, "UPDATE messaging_outbox SET shard = 1");
    }

    /** The publisher gives up first, or the batch does. */
    @ParameterizedTest
    @CsvSource({"10000, 500", "500, 10000"})
    void they_back_off_unparked_and_those_behind_them_are_sent(long publishMillis, long confirmMillis) {
        Duration publishTimeout = Duration.ofMillis(publishMillis);
        try (Messaging messaging = messaging(publishTimeout);
                Outbox outbox = Outbox.builder(database)
                        .publishWith(messaging)
                        .batchSize(BATCH)
                        .pollInterval(Duration.ofMillis(50))
                        .confirmTimeout(Duration.ofMillis(confirmMillis))
                        .build();
                StalledQueue stalled = new StalledQueue(broker, vhost, "stuck")) {
            assertThat(messaging.publishTimeout()).isEqualTo(publishTimeout);
            store(outbox, database);
            execute(database, "UPDATE messaging_outbox SET attempts = 19 WHERE type = 'user.stuck'");
            outbox.start();
            eventually(() -> assertThat(handled).contains(7L));
            assertThat(query(
                            database,
                            "SELECT last_error FROM messaging_outbox WHERE type = 'user.stuck' AND attempts >= 20"
                                    + " AND next_attempt_at IS NOT NULL AND parked = false"))
                    .hasSize(BATCH)
                    .anyMatch(error -> error.toString().startsWith("TIMEOUT: "));

            stalled.resume();
            execute(database, "UPDATE messaging_outbox SET next_attempt_at = NULL");
            eventually(() -> assertThat(outbox.pending()).isZero());
        }
    }

    @Test
    void those_that_were_lost_with_their_connection_are_sent_again_at_once() {
        List<List<Object>> waiting = new CopyOnWriteArrayList<>();
        try (Messaging messaging = messaging(Duration.ofMinutes(1));
                Outbox outbox = Outbox.builder(database)
                        .publishWith(messaging)
                        .batchSize(BATCH)
                        .pollInterval(Duration.ofMillis(50))
                        .confirmTimeout(Duration.ofMinutes(1))
                        .listener(new OutboxListener() {
                            @Override
                            public void relayed(Batch batch) {
                                if (batch.failed().containsKey(Kind.CONNECTION_LOST)) {
                                    waiting.add(query(
                                            database,
                                            "SELECT id FROM messaging_outbox"
                                                    + " WHERE attempts > 0 OR next_attempt_at IS NOT NULL"));
                                }
                            }
                        })
                        .build();
                StalledQueue stalled = new StalledQueue(broker, vhost, "stuck")) {
            store(outbox, database);
            outbox.start();
            eventually(() -> assertThat(messaging.health().inFlight()).isEqualTo(BATCH));
            broker.ctl("close_all_connections", "-p", vhost.getPath().substring(1), "test");
            eventually(() -> assertThat(waiting)
                    .isNotEmpty()
                    .allSatisfy(rows -> assertThat(rows).isEmpty()));
            stalled.resume();
            eventually(() -> assertThat(outbox.pending()).isZero());
            eventually(() -> assertThat(handled).contains(7L));
        }
    }
}
