package dev.dowel.messaging.outbox;

import static dev.dowel.messaging.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.dowel.messaging.EventType;
import dev.dowel.messaging.Message;
import dev.dowel.messaging.MessageSet;
import dev.dowel.messaging.Messaging;
import dev.dowel.messaging.PublishException;
import dev.dowel.messaging.RouteRequirement;
import dev.dowel.messaging.Subscription;
import dev.dowel.messaging.VersionRange;
import dev.dowel.messaging.testing.InMemoryMessaging;
import dev.dowel.testservices.RabbitMq;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/** What one row that cannot be sent does to the others: nothing, except that those of its key wait for it to be parked. */
@ParameterizedClass
@EnumSource
class OutboxPoisonTest {
    record Body(String text) {}

    private static final EventType<Body> V1 = EventType.of("user.deleted", "1.0.0", Body.class);
    private static final EventType<Body> V2 = EventType.of("user.deleted", "2.0.0", Body.class);
    private static final EventType<Body> UNHEARD = EventType.of("user.renamed", "1.0.0", Body.class);
    private static RabbitMq broker;

    @Parameter
    private TestDatabase kind;

    private final List<AutoCloseable> open = new ArrayList<>();
    private final List<String> handled = new CopyOnWriteArrayList<>();
    private URI vhost;
    private DataSource database;
    private Messaging messaging;

    @BeforeAll
    static void startBroker() {
        broker = RabbitMq.start();
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @BeforeEach
    void listen() {
        vhost = broker.newVhost();
        database = kind.fresh();
        OutboxSchema.createIfMissing(database);
        messaging = messaging(vhost);
        Subscription subscription = messaging
                .subscribe("likes")
                .bind("events", "user.deleted", VersionRange.parse("^1.0.0"))
                .handler(Body.class, (body, delivery) -> handled.add(body.text().substring(0, 1)));
        await().atMost(Duration.ofSeconds(30)).until(subscription::active);
    }

    @AfterEach
    void close() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
    }

    @Test
    void a_row_that_is_too_large_is_parked_and_the_later_ones_of_its_key_are_published() {
        Outbox outbox = outbox(messaging, 500);
        // Another instance may have another limit.
        Outbox generous = outbox(new InMemoryMessaging(), 500);
        outbox.inTransaction(connection -> {
            generous.enqueue(connection, "events", keyed("x".repeat(5_000)));
            for (int i = 1; i <= 4; i++) {
                outbox.enqueue(connection, "events", keyed("" + i));
            }
            return null;
        });

        outbox.start();

        eventually(() -> assertThat(handled).containsExactly("1", "2", "3", "4"));
        eventually(() -> assertThat(outbox.pending()).isZero());
        assertThat(query("SELECT last_error FROM messaging_outbox WHERE parked AND attempts = 1"))
                .singleElement()
                .asString()
                .startsWith("TOO_LARGE: ");
    }

    @Test
    void a_message_that_is_too_large_is_refused_before_the_commit() {
        Outbox outbox = outbox(messaging, 500);
        for (Object tooLarge :
                List.of(keyed("x".repeat(1_000)), set(keyed("small"), Message.of(V2, new Body("x".repeat(1_000)))))) {
            assertThatThrownBy(() -> outbox.inTransaction(connection -> {
                        if (tooLarge instanceof MessageSet set) {
                            outbox.enqueue(connection, "events", set);
                        } else {
                            outbox.enqueue(connection, "events", (Message<?>) tooLarge);
                        }
                        return null;
                    }))
                    .isInstanceOfSatisfying(
                            PublishException.class,
                            e -> assertThat(e.kind()).isEqualTo(PublishException.Kind.TOO_LARGE))
                    .hasMessageContaining("the limit is 1000");
        }
        assertThat(outbox.pending()).isZero();
        outbox.inTransaction(connection -> {
            outbox.enqueue(connection, "events", keyed("x".repeat(1_000 - "{'text':''}".length())));
            return null;
        });
    }

    @Test
    void rows_that_fail_alike_are_one_line_in_the_log() {
        Outbox outbox = outbox(messaging, 500);
        outbox.inTransaction(connection -> {
            for (int i = 0; i < 300; i++) {
                outbox.enqueue(connection, "events", Message.of(UNHEARD, new Body("unheard")));
            }
            return null;
        });
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        Logger logger = (Logger) LoggerFactory.getLogger(Outbox.class);
        logger.addAppender(log);
        try {
            outbox.start();
            eventually(() -> assertThat(query("SELECT id FROM messaging_outbox WHERE attempts > 0"))
                    .hasSize(300));
            outbox.close();
        } finally {
            logger.detachAppender(log);
        }

        assertThat(log.list)
                .filteredOn(line -> line.getLevel() != Level.DEBUG)
                .extracting(ILoggingEvent::getFormattedMessage)
                .singleElement()
                .asString()
                .startsWith("The outbox keeps ");
    }

    @Test
    void a_set_that_the_batch_limit_cuts_does_not_block_its_key() {
        Outbox outbox = outbox(messaging, 2);
        outbox.inTransaction(connection -> {
            outbox.enqueue(connection, "events", keyed("0"));
            outbox.enqueue(connection, "events", set(Message.of(V1, new Body("1")), Message.of(V2, new Body("1"))));
            outbox.enqueue(connection, "events", keyed("2"));
            return null;
        });

        outbox.start();

        eventually(() -> assertThat(outbox.pending()).isZero());
        eventually(() -> assertThat(handled).containsExactly("0", "1", "2"));
    }

    @Test
    void a_set_that_the_batch_limit_cuts_behind_a_form_without_listener_does_not_block_its_key() {
        Outbox outbox = outbox(messaging, 1);
        outbox.inTransaction(connection -> {
            outbox.enqueue(connection, "events", set(Message.of(V2, new Body("1")), Message.of(V1, new Body("1"))));
            outbox.enqueue(connection, "events", keyed("2"));
            return null;
        });

        outbox.start();

        eventually(() -> assertThat(outbox.pending()).isZero());
        eventually(() -> assertThat(handled).containsExactly("1", "2"));
    }

    @Test
    void the_forms_of_a_set_know_of_each_other_though_only_one_has_a_key() {
        Outbox outbox = outbox(messaging, 500);
        for (int i = 0; i < 20; i++) {
            Message<Body> keyed = Message.of(V1, new Body("1")).key("k" + i);
            outbox.inTransaction(connection -> {
                outbox.enqueue(
                        connection,
                        "events",
                        MessageSet.create().add(keyed).add(V2, new Body("1")).requireRoute(RouteRequirement.ANY));
                return null;
            });
        }

        outbox.start();

        eventually(() -> assertThat(outbox.pending()).isZero());
    }

    @Test
    void an_exchange_that_no_publisher_takes_is_refused_before_the_commit() {
        Outbox outbox = outbox(messaging, 500);
        for (String exchange : List.of("", "x".repeat(256), "é".repeat(128))) {
            assertThatThrownBy(() -> outbox.inTransaction(connection -> {
                        outbox.enqueue(connection, exchange, keyed("1"));
                        return null;
                    }))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("exchange");
        }
        assertThat(outbox.pending()).isZero();
    }

    @Test
    void a_row_whose_exchange_no_publisher_takes_holds_up_nobody_and_is_parked_in_the_end() {
        Outbox outbox = outbox(messaging, 500);
        enqueueInManyShards(outbox);
        execute("UPDATE messaging_outbox SET exchange = '' WHERE ordering_key = 'k4'");

        outbox.start();

        eventually(() -> assertThat(handled).hasSize(29).doesNotHaveDuplicates());
        eventually(() -> assertThat(query("SELECT last_error FROM messaging_outbox WHERE attempts > 0"))
                .singleElement()
                .asString()
                .contains("exchange has 1 to 255 bytes"));
        execute("UPDATE messaging_outbox SET attempts = 19, next_attempt_at = null");
        eventually(() -> assertThat(query("SELECT attempts FROM messaging_outbox WHERE parked"))
                .containsExactly(20));
    }

    @Test
    void a_row_that_closes_its_channel_each_time_is_parked_in_the_end_and_its_key_keeps_its_order() {
        Outbox outbox = outbox(messaging, 500);
        enqueueInManyShards(outbox);
        outbox.inTransaction(connection -> {
            outbox.enqueue(connection, "events", Message.of(V1, new Body("x")).key("k4"));
            outbox.enqueue(connection, "events", Message.of(V1, new Body("y")).key("k4"));
            return null;
        });
        execute("UPDATE messaging_outbox SET headers = '{\"CC\":\"no array\"}' WHERE id = 5");
        execute("UPDATE messaging_outbox SET shard = 1");

        outbox.start();

        eventually(() -> assertThat(Set.copyOf(handled)).hasSize(29).doesNotContain("x", "y"));
        eventually(() -> assertThat(query("SELECT last_error FROM messaging_outbox WHERE attempts > 0"))
                .singleElement()
                .asString()
                .startsWith("REFUSED: "));
        eventually(() -> assertThat(outbox.pending()).isEqualTo(3));
        execute("UPDATE messaging_outbox SET attempts = 19, next_attempt_at = null WHERE id = 5");
        eventually(() -> assertThat(query("SELECT attempts FROM messaging_outbox WHERE parked"))
                .containsExactly(20));
        eventually(() -> assertThat(handled).endsWith("x", "y"));
        eventually(() -> assertThat(outbox.pending()).isZero());
    }

    @Test
    void rows_for_an_exchange_that_may_not_be_written_to_back_off_and_hold_up_no_other() {
        broker.ctl("add_user", kind.name(), "guest");
        broker.ctl("set_permissions", "-p", vhost.getPath().substring(1), kind.name(), ".*", "events", ".*");
        Outbox outbox =
                outbox(messaging(URI.create(vhost.toString().replace("guest:guest", kind.name() + ":guest"))), 500);
        outbox.inTransaction(connection -> {
            for (int i = 0; i < 20; i++) {
                outbox.enqueue(connection, "forbidden", Message.of(V1, new Body("f")));
            }
            return null;
        });
        enqueueInManyShards(outbox);
        execute("UPDATE messaging_outbox SET shard = 1");

        outbox.start();

        eventually(() -> assertThat(Set.copyOf(handled)).hasSize(30));
        eventually(() -> assertThat(query("SELECT id FROM messaging_outbox WHERE last_error LIKE 'REFUSED: %'"))
                .hasSize(20));
        assertThat(outbox.pending()).isEqualTo(20);
    }

    @Test
    void an_exchange_that_can_neither_be_found_nor_declared_holds_up_no_other() {
        Outbox outbox = outbox(messaging, 500);
        outbox.inTransaction(connection -> {
            outbox.enqueue(connection, "amq.reserved", Message.of(V1, new Body("r")));
            return null;
        });
        enqueueInManyShards(outbox);
        execute("UPDATE messaging_outbox SET shard = 1");

        outbox.start();

        eventually(() -> assertThat(handled).hasSize(30).doesNotHaveDuplicates());
        eventually(() -> assertThat(query("SELECT last_error FROM messaging_outbox"))
                .singleElement()
                .asString()
                .startsWith("NO_EXCHANGE: "));
        assertThat(outbox.pending()).isEqualTo(1);
        execute("UPDATE messaging_outbox SET attempts = 19, next_attempt_at = null");
        eventually(() -> assertThat(query("SELECT attempts FROM messaging_outbox WHERE parked"))
                .containsExactly(20));
    }

    @Test
    void a_row_that_cannot_be_read_is_parked_and_holds_up_nobody() {
        Outbox outbox = outbox(messaging, 500);
        enqueueInManyShards(outbox);
        execute("UPDATE messaging_outbox SET headers = 'no JSON' WHERE ordering_key = 'k4'");
        execute("UPDATE messaging_outbox SET route = 'SOME' WHERE ordering_key = 'k5'");

        outbox.start();

        eventually(() -> assertThat(handled).hasSize(28).doesNotHaveDuplicates());
        eventually(() -> assertThat(query("SELECT last_error FROM messaging_outbox WHERE parked ORDER BY ordering_key"))
                .hasSize(2)
                .allMatch(error -> error.toString().startsWith("The row cannot be read: ")));
        assertThat(outbox.pending()).isZero();
    }

    @Test
    void a_shard_that_cannot_be_settled_holds_up_no_other() {
        Outbox outbox = outbox(messaging, 500);
        outbox.inTransaction(connection -> {
            outbox.enqueue(connection, "events", Message.of(UNHEARD, new Body("unheard")));
            return null;
        });
        execute("UPDATE messaging_outbox SET shard = 0");
        execute("ALTER TABLE messaging_outbox ADD CONSTRAINT no_attempts CHECK (attempts < 1)");
        enqueueInManyShards(outbox);
        execute("UPDATE messaging_outbox SET shard = 1 WHERE shard = 0 AND ordering_key IS NOT NULL");

        outbox.start();

        eventually(() -> assertThat(Set.copyOf(handled)).hasSize(30));
        eventually(() -> assertThat(outbox.pending()).isEqualTo(1));

        // Its neighbours were sent with it once, and are not any more.
        handled.clear();
        outbox.inTransaction(connection -> {
            // The hash of a text of one character is the character: all shards but the first.
            IntStream.range(1, 16)
                    .mapToObj(i -> Character.toString('0' + i))
                    .forEach(key -> outbox.enqueue(
                            connection, "events", Message.of(V1, new Body(key)).key(key)));
            return null;
        });
        eventually(() -> assertThat(outbox.pending()).isEqualTo(1));
        assertThat(handled).hasSize(15).doesNotHaveDuplicates();
    }

    private static Message<Body> keyed(String text) {
        return Message.of(V1, new Body(text)).key("k");
    }

    private static MessageSet set(Message<?> first, Message<?> second) {
        return MessageSet.create().add(first).add(second).key("k");
    }

    private static void enqueueInManyShards(Outbox outbox) {
        outbox.inTransaction(connection -> {
            IntStream.range(0, 30)
                    .forEach(i -> outbox.enqueue(
                            connection,
                            "events",
                            Message.of(V1, new Body(String.valueOf((char) ('A' + i))))
                                    .key("k" + i)));
            return null;
        });
    }

    private Messaging messaging(URI uri) {
        Messaging made = Messaging.builder()
                .uri(uri.toString())
                .connectionName("poison")
                .maxBodySize(1_000)
                .build();
        open.add(made);
        made.start();
        assertThat(made.awaitConnected(Duration.ofSeconds(20))).isTrue();
        return made;
    }

    private Outbox outbox(Messaging publishWith, int batchSize) {
        Outbox made = Outbox.builder(database)
                .publishWith(publishWith)
                .batchSize(batchSize)
                .pollInterval(Duration.ofMillis(100))
                .build();
        open.add(made);
        return made;
    }

    private List<Object> query(String sql) {
        return TestDatabase.query(database, sql);
    }

    private void execute(String sql) {
        TestDatabase.execute(database, sql);
    }
}
