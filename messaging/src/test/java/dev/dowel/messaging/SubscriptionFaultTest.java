package dev.dowel.messaging;

import static dev.dowel.messaging.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import dev.dowel.testservices.RabbitMq;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a subscription makes of foreign messages, foreign exchanges and a lost connection. */
class SubscriptionFaultTest {
    record Deleted(long id) {}

    private static final EventType<Deleted> DELETED = EventType.of("user.deleted", "1.0.0", Deleted.class);
    private static final String QUEUE = "likes";
    private static final String PARKING = QUEUE + ".parking";
    private static RabbitMq broker;

    private final List<Long> handled = new CopyOnWriteArrayList<>();
    private URI vhost;
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
    void connect() {
        vhost = broker.newVhost();
        messaging = Messaging.builder()
                .uri(vhost.toString())
                .connectionName("faults")
                .build();
        messaging.start();
        assertThat(messaging.awaitConnected(Duration.ofSeconds(20))).isTrue();
    }

    @AfterEach
    void close() {
        messaging.close();
    }

    @Test
    void a_message_of_another_user_is_retried_and_parked_and_remembers_the_user() throws Exception {
        broker.ctl("add_user", "other", "guest");
        broker.ctl("set_permissions", "-p", vhost.getPath().substring(1), "other", ".*", ".*", ".*");
        active(subscription().retry(Duration.ofMillis(50)).handler(Deleted.class, (body, delivery) -> {
            handled.add(body.id());
            throw new IllegalStateException("on purpose");
        }));
        onChannel("other", channel -> {
            channel.confirmSelect();
            channel.basicPublish(
                    "",
                    QUEUE,
                    true,
                    new AMQP.BasicProperties.Builder().userId("other").build(),
                    "{\"id\":1}".getBytes(StandardCharsets.UTF_8));
            channel.waitForConfirmsOrDie(10_000);
        });

        onChannel(
                "guest",
                channel -> eventually(() -> {
                    GetResponse parked = channel.basicGet(PARKING, true);
                    assertThat(parked).isNotNull();
                    assertThat(parked.getProps().getUserId()).isNull();
                    assertThat(parked.getProps().getHeaders().get("failure-user-id"))
                            .hasToString("other");
                }));
        assertThat(handled).containsExactly(1L, 1L);
    }

    @Test
    void what_was_fetched_before_the_connection_was_lost_is_handled_once_and_not_on_the_dead_channel_too()
            throws Exception {
        CountDownLatch handling = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Subscription subscription = active(subscription().handler(Deleted.class, (body, delivery) -> {
            handled.add(body.id());
            handling.countDown();
            goOn.await();
        }));
        for (long id = 0; id < 30; id++) {
            messaging.publisher("events").publishAndWait(Message.of(DELETED, new Deleted(id)));
        }
        assertThat(handling.await(20, TimeUnit.SECONDS)).isTrue();

        broker.ctl("close_all_connections", "-p", vhost.getPath().substring(1), "test");
        // The first message has come again while its handler still runs; the other 29 are fetched twice now.
        eventually(() -> assertThat(handled).containsExactly(0L, 0L));
        active(subscription);
        goOn.countDown();

        onChannel(
                "guest",
                channel -> eventually(() -> {
                    assertThat(handled).contains(29L);
                    assertThat(channel.messageCount(QUEUE)).isZero();
                }));
        subscription.close();
        assertThat(handled).hasSize(31);
    }

    @Test
    void an_exchange_of_another_type_that_is_there_already_is_consumed_from() throws Exception {
        onChannel("guest", channel -> channel.exchangeDeclare("events", "fanout", true, true, Map.of()));

        active(subscription().handler(Deleted.class, (body, delivery) -> handled.add(body.id())));

        messaging.publisher("events").publishAndWait(Message.of(DELETED, new Deleted(1)));
        eventually(() -> assertThat(handled).containsExactly(1L));
    }

    @Test
    void an_exchange_that_others_declare_is_consumed_from_without_the_permission_to_declare_it() throws Exception {
        onChannel("guest", channel -> channel.exchangeDeclare("events", "topic", true));
        broker.ctl("add_user", "reader", "guest");
        broker.ctl(
                "set_permissions",
                "-p",
                vhost.getPath().substring(1),
                "reader",
                "likes.*",
                "likes.*|amq.default",
                "likes.*|events");
        try (Messaging reading = Messaging.builder()
                .uri(vhost.toString().replace("guest:guest", "reader:guest"))
                .build()) {
            reading.start();
            active(reading.subscribe(QUEUE)
                    .bind("events", "user.deleted", VersionRange.parse("^1.0.0"))
                    .handler(Deleted.class, (body, delivery) -> handled.add(body.id())));

            messaging.publisher("events").publishAndWait(Message.of(DELETED, new Deleted(1)));
            eventually(() -> assertThat(handled).containsExactly(1L));
        }
    }

    private SubscriptionBuilder subscription() {
        return messaging.subscribe(QUEUE).bind("events", "user.deleted", VersionRange.parse("^1.0.0"));
    }

    private static Subscription active(Subscription subscription) {
        await().atMost(Duration.ofSeconds(15)).until(subscription::active);
        return subscription;
    }

    private interface OnChannel {
        void run(Channel channel) throws Exception;
    }

    private void onChannel(String user, OnChannel work) throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(vhost.toString().replace("guest:guest", user + ":guest"));
        try (Connection connection = factory.newConnection();
                Channel channel = connection.createChannel()) {
            work.run(channel);
        }
    }
}
