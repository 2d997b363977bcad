package dev.dowel.messaging;

import static dev.dowel.messaging.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import dev.dowel.testservices.RabbitMq;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is declared on the broker, in which order, and what becomes of it when the broker has something else already. */
class TopologyOnBrokerTest {
    private static final EventType<Long> DELETED = EventType.of("user.deleted", "1.0.0", Long.class);
    private static final String QUEUE = "likes";
    private static final String PARKING = QUEUE + ".parking";
    private static final String RETRY = QUEUE + ".retry.1s";
    private static final Map<String, Object> QUORUM = Map.of("x-queue-type", "quorum");
    private static RabbitMq broker;

    private final List<AutoCloseable> open = new ArrayList<>();
    private final List<Long> handled = new CopyOnWriteArrayList<>();
    private URI vhost;

    @BeforeAll
    static void startBroker() {
        broker = RabbitMq.start();
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @BeforeEach
    void newVhost() {
        vhost = broker.newVhost();
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : open) {
            one.close();
        }
    }

    @Test
    void on_each_connection_targets_are_declared_before_what_dead_letters_to_them_and_before_anything_is_consumed()
            throws Exception {
        try (TcpProxy proxy = TcpProxy.to(vhost.getPort())) {
            Messaging messaging = messaging(vhost.toString().replace(":" + vhost.getPort(), ":" + proxy.port()));
            subscribed(messaging);
            for (int connections = 2; connections <= 4; connections += 2) {
                int wanted = connections;
                eventually(() -> assertThat(proxy.accepted()).isEqualTo(wanted));
                eventually(() -> assertThat(messaging.health().healthy()).isTrue());
                List<byte[]> said = proxy.said().subList(wanted - 2, wanted);
                List<String> asked = new ArrayList<>();
                for (byte[] one : said) {
                    asked.addAll(asked(one));
                }
                assertThat(asked)
                        .containsExactly(
                                "exchange.declare events",
                                "queue.declare " + PARKING,
                                "queue.declare " + QUEUE,
                                "queue.declare " + RETRY,
                                "queue.bind " + QUEUE,
                                "basic.consume " + QUEUE);
                broker.ctl("close_all_connections", "-p", vhost.getPath().substring(1), "test");
            }
        }
    }

    /** What a client asked for, in order, of the methods that matter here. */
    private static List<String> asked(byte[] said) throws IOException {
        Map<Integer, String> methods = Map.of(
                40 << 16 | 10, "exchange.declare ",
                50 << 16 | 10, "queue.declare ",
                50 << 16 | 20, "queue.bind ",
                60 << 16 | 20, "basic.consume ");
        List<String> asked = new ArrayList<>();
        DataInputStream in = new DataInputStream(new java.io.ByteArrayInputStream(said));
        in.skipBytes(8);
        while (in.available() > 7) {
            int type = in.readUnsignedByte();
            in.readUnsignedShort();
            byte[] payload = in.readNBytes(in.readInt());
            in.readUnsignedByte();
            DataInputStream method = new DataInputStream(new java.io.ByteArrayInputStream(payload));
            String name = type == 1 ? methods.get(method.readInt()) : null;
            if (name != null) {
                method.readUnsignedShort();
                asked.add(name + new String(method.readNBytes(method.readUnsignedByte()), StandardCharsets.UTF_8));
            }
        }
        return asked;
    }

    @Test
    void the_arguments_of_each_queue_are_those_that_lose_nothing() throws Exception {
        subscribed(messaging(vhost.toString()));

        Map<String, List<String>> arguments = new java.util.HashMap<>();
        ctl("-q", "list_queues", "name", "durable", "arguments")
                .lines()
                .filter(line -> line.startsWith(QUEUE))
                .forEach(line -> {
                    String[] columns = line.split("\t", 3);
                    assertThat(columns[1]).isEqualTo("true");
                    arguments.put(
                            columns[0],
                            List.of(columns[2].replaceAll("^\\[|]$|[{}\"]", "").split(",")));
                });
        List<String> safe = List.of(
                "x-queue-type", "quorum", "x-dead-letter-strategy", "at-least-once", "x-overflow", "reject-publish");
        assertThat(arguments.keySet()).containsExactlyInAnyOrder(QUEUE, PARKING, RETRY);
        assertThat(arguments.get(QUEUE))
                .containsAll(safe)
                .containsSequence("x-dead-letter-routing-key", PARKING)
                // So rabbitmqctl prints an empty name.
                .containsSequence("x-dead-letter-exchange", "[]")
                .containsSequence("x-delivery-limit", "20");
        assertThat(arguments.get(RETRY))
                .containsAll(safe)
                .containsSequence("x-dead-letter-routing-key", QUEUE)
                .containsSequence("x-dead-letter-exchange", "[]")
                .containsSequence("x-message-ttl", "1000");
        assertThat(arguments.get(PARKING))
                .containsSequence("x-queue-type", "quorum")
                .containsSequence("x-delivery-limit", "1000000000")
                .noneMatch(word -> word.contains("dead-letter") || word.contains("ttl") || word.contains("overflow"));
    }

    @Test
    void d10_each_handler_holds_its_share_of_the_prefetch_and_no_limit_is_for_a_whole_channel() {
        SubscriptionBuilder three = messaging(vhost.toString())
                .subscribe(QUEUE)
                .bind("events", "user.deleted", VersionRange.parse("^1.0.0"))
                .concurrency(3);
        assertThatThrownBy(() -> three.prefetch(2).handler(Long.class, (body, delivery) -> handled.add(body)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("prefetch (2) is below concurrency (3)");

        Subscription subscription = three.prefetch(50).handler(Long.class, (body, delivery) -> handled.add(body));

        eventually(() -> assertThat(subscription.active()).isTrue());
        // The broker names here only limits of consumers.
        assertThat(ctl("-q", "list_consumers", "queue_name", "prefetch_count").lines())
                .filteredOn(line -> line.startsWith(QUEUE))
                .containsExactly(QUEUE + "\t17", QUEUE + "\t17", QUEUE + "\t17");
    }

    @Test
    void a_parked_message_survives_being_looked_at_a_hundred_times() throws Exception {
        subscribed(messaging(vhost.toString()));
        onChannel(channel -> {
            channel.confirmSelect();
            channel.basicPublish("", PARKING, true, null, new byte[] {1});
            channel.waitForConfirmsOrDie(10_000);
            for (int i = 0; i < 100; i++) {
                eventually(() -> {
                    GetResponse looked = channel.basicGet(PARKING, false);
                    assertThat(looked).isNotNull();
                    channel.basicReject(looked.getEnvelope().getDeliveryTag(), true);
                });
            }
            eventually(() -> assertThat(channel.messageCount(PARKING)).isEqualTo(1));
        });
    }

    @Test
    void what_exists_with_other_arguments_is_reported_and_everything_else_works() throws Exception {
        onChannel(channel -> {
            channel.queueDeclare(PARKING, true, false, false, QUORUM);
            channel.queueDeclare(QUEUE, true, false, false, QUORUM);
        });
        Messaging messaging = messaging(vhost.toString());
        subscribed(messaging);

        assertThat(messaging.health().topologyProblems())
                .containsOnlyKeys("queue " + PARKING, "queue " + QUEUE)
                .hasEntrySatisfying(
                        "queue " + PARKING,
                        reason -> assertThat(reason).contains("PRECONDITION_FAILED", "x-delivery-limit", "1000000000"))
                .hasEntrySatisfying(
                        "queue " + QUEUE,
                        reason -> assertThat(reason).contains("PRECONDITION_FAILED", "inequivalent arg", "none"));
        assertThat(messaging.health().healthy()).isFalse();
        messaging.publisher("events").publishAndWait(Message.of(DELETED, 7L));
        eventually(() -> assertThat(handled).containsExactly(7L));
        onChannel(channel -> channel.queueDeclarePassive(RETRY));
    }

    @Test
    void a_parking_queue_that_is_taken_away_is_missed_and_declared_again_while_the_consumers_run_on() throws Exception {
        Messaging messaging = messaging(vhost.toString());
        Subscription subscription = subscribed(messaging);
        eventually(() -> assertThat(messaging.health().parked()).containsEntry(QUEUE, 0L));

        onChannel(channel -> channel.queueDelete(PARKING));

        eventually(() -> assertThat(messaging.health().topologyProblems()).containsOnlyKeys("queue " + PARKING));
        await().atMost(Duration.ofSeconds(60)).until(() -> messaging.health().healthy());
        onChannel(channel -> channel.queueDeclarePassive(PARKING));
        assertThat(subscription.active()).isTrue();
    }

    @Test
    void the_exchanges_of_publishers_are_there_again_after_a_reconnect_before_anybody_publishes() throws Exception {
        Messaging messaging = messaging(vhost.toString());
        messaging.publisher("events").publishAndWait(Message.of(DELETED, 7L).requireRoute(RouteRequirement.NONE));
        onChannel(channel -> channel.exchangeDelete("events"));

        broker.ctl("close_all_connections", "-p", vhost.getPath().substring(1), "test");

        eventually(() -> assertThat(ctl("-q", "list_exchanges", "name")).contains("events"));
    }

    @Test
    void verify_declares_nothing_and_names_each_object_that_is_missing() throws Exception {
        Messaging messaging = messaging(vhost.toString(), TopologyMode.VERIFY);
        Subscription subscription = subscription(messaging);

        eventually(() -> assertThat(messaging.health().topologyProblems())
                .containsOnlyKeys("exchange events", "queue " + QUEUE, "queue " + PARKING, "queue " + RETRY)
                .allSatisfy((object, reason) -> assertThat(reason).contains("NOT_FOUND")));
        eventually(() -> assertThat(messaging.health().lastError()).contains("Cannot consume " + QUEUE));
        assertKind(PublishException.Kind.NO_EXCHANGE, messaging);
        assertThat(ctl("-q", "list_queues", "name")).doesNotContain(QUEUE);
        assertThat(ctl("-q", "list_exchanges", "name")).doesNotContain("events");

        onChannel(channel -> {
            channel.exchangeDeclare("events", "topic", true);
            channel.queueDeclare(QUEUE, true, false, false, QUORUM);
            channel.queueBind(QUEUE, "events", "user.#");
        });
        eventually(() -> assertThat(subscription.active()).isTrue());
        messaging.publisher("events").publishAndWait(Message.of(DELETED, 7L));
        eventually(() -> assertThat(handled).containsExactly(7L));
        assertThat(messaging.health().topologyProblems()).containsOnlyKeys("queue " + PARKING, "queue " + RETRY);
        assertThat(ctl("-q", "list_queues", "name")).doesNotContain(PARKING, RETRY);
    }

    @Test
    void verify_is_for_users_who_may_declare_nothing() throws Exception {
        subscribed(messaging(vhost.toString())).close();
        broker.ctl("add_user", "reader", "guest");
        broker.ctl("set_permissions", "-p", vhost.getPath().substring(1), "reader", "^$", ".*", ".*");

        Messaging messaging = messaging(vhost.toString().replace("guest:guest", "reader:guest"), TopologyMode.VERIFY);
        subscribed(messaging);

        messaging.publisher("events").publishAndWait(Message.of(DELETED, 7L));
        eventually(() -> assertThat(handled).containsExactly(7L));
        eventually(() -> assertThat(messaging.health().healthy()).isTrue());
    }

    @Test
    void none_declares_and_checks_nothing() throws Exception {
        Messaging messaging = messaging(vhost.toString(), TopologyMode.NONE);
        Subscription subscription = subscription(messaging);
        assertKind(PublishException.Kind.NO_EXCHANGE, messaging);
        assertThat(ctl("-q", "list_queues", "name")).doesNotContain(QUEUE);

        onChannel(channel -> {
            channel.exchangeDeclare("events", "topic", true);
            channel.queueDeclare(QUEUE, true, false, false, QUORUM);
            channel.queueBind(QUEUE, "events", "user.#");
        });
        eventually(() -> assertThat(subscription.active()).isTrue());
        messaging.publisher("events").publishAndWait(Message.of(DELETED, 7L));
        eventually(() -> assertThat(handled).containsExactly(7L));
        assertThat(messaging.health().topologyProblems()).isEmpty();
        assertThat(ctl("-q", "list_queues", "name")).doesNotContain(PARKING, RETRY);
    }

    @Test
    void a_full_queue_refuses_and_takes_the_same_message_once_there_is_room() throws Exception {
        onChannel(channel -> {
            channel.exchangeDeclare("events", "topic", true);
            channel.queueDeclare(
                    "small",
                    true,
                    false,
                    false,
                    Map.of("x-queue-type", "quorum", "x-max-length", 10, "x-overflow", "reject-publish"));
            channel.queueBind("small", "events", "user.deleted.*.*.*");
        });
        Messaging messaging = messaging(vhost.toString());
        Publisher publisher = messaging.publisher("events");
        List<Message<Long>> refused = new ArrayList<>();
        // The limit is enforced late: how many more are taken is the broker's affair.
        for (long id = 0; refused.isEmpty() && id < 10_000; id++) {
            Message<Long> message = Message.of(DELETED, id);
            try {
                publisher.publishAndWait(message);
            } catch (PublishException e) {
                assertThat(e.kind()).isEqualTo(PublishException.Kind.NACKED);
                refused.add(message);
            }
        }
        assertThat(refused).hasSize(1);

        onChannel(channel -> channel.queuePurge("small"));
        await().atMost(Duration.ofSeconds(20))
                .ignoreExceptionsInstanceOf(PublishException.class)
                .untilAsserted(() -> assertThat(
                                publisher.publishAndWait(refused.get(0)).messageId())
                        .isEqualTo(refused.get(0).messageId()));
        onChannel(
                channel -> assertThat(channel.basicGet("small", true).getProps().getMessageId())
                        .isEqualTo(refused.get(0).messageId()));
    }

    private static void assertKind(PublishException.Kind kind, Messaging messaging) {
        assertThatThrownBy(() -> messaging.publisher("events").publishAndWait(Message.of(DELETED, 7L)))
                .isInstanceOfSatisfying(
                        PublishException.class, e -> assertThat(e.kind()).isEqualTo(kind));
    }

    private String ctl(String flag, String command, String... columns) {
        List<String> arguments =
                new ArrayList<>(List.of(flag, command, "-p", vhost.getPath().substring(1)));
        arguments.addAll(List.of(columns));
        return broker.ctl(arguments.toArray(String[]::new));
    }

    private Messaging messaging(String uri) {
        return messaging(uri, TopologyMode.DECLARE);
    }

    private Messaging messaging(String uri, TopologyMode mode) {
        Messaging messaging = Messaging.builder()
                .uri(uri)
                .connectionName("topology")
                .topology(mode)
                .build();
        open.add(messaging);
        messaging.start();
        assertThat(messaging.awaitConnected(Duration.ofSeconds(20))).isTrue();
        return messaging;
    }

    private Subscription subscription(Messaging messaging) {
        return messaging
                .subscribe(QUEUE)
                .bind("events", "user.deleted", VersionRange.parse("^1.0.0"))
                .retry(Duration.ofSeconds(1))
                .handler(Long.class, (body, delivery) -> handled.add(body));
    }

    private Subscription subscribed(Messaging messaging) {
        Subscription subscription = subscription(messaging);
        await().atMost(Duration.ofSeconds(20)).until(subscription::active);
        return subscription;
    }

    private interface OnChannel {
        void run(Channel channel) throws Exception;
    }

    private void onChannel(OnChannel work) throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(vhost.toString());
        try (Connection connection = factory.newConnection();
                Channel channel = connection.createChannel()) {
            work.run(channel);
        }
    }
}
