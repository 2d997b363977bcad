package dev.dowel.messaging;

import static dev.dowel.messaging.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.GetResponse;
import dev.dowel.testservices.RabbitMq;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A message comes twice, because its acknowledgement was lost or because it was published twice. Rules D1 and D7. */
class DuplicateDeliveryTest {
    private static final EventType<Long> DELETED = EventType.of("user.deleted", "1.0.0", Long.class);
    private static final String QUEUE = "likes";
    private static RabbitMq broker;

    private final List<String> handled = new CopyOnWriteArrayList<>();
    private final InMemoryInbox inbox = new InMemoryInbox();
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
                .connectionName("duplicates")
                .build();
        messaging.start();
        assertThat(messaging.awaitConnected(Duration.ofSeconds(20))).isTrue();
    }

    @AfterEach
    void close() {
        messaging.close();
    }

    @Test
    void d1_an_acknowledgement_of_a_lost_channel_is_dropped_and_tells_the_next_channel_nothing() throws Exception {
        List<CountDownLatch> goOn = List.of(new CountDownLatch(1), new CountDownLatch(1));
        AtomicInteger ended = new AtomicInteger();
        Subscription subscription = active(subscription().handler(Long.class, (body, delivery) -> {
            int call = handled.size();
            handled.add("call " + call + " of " + body);
            if (call < goOn.size()) {
                goOn.get(call).await();
            }
            ended.incrementAndGet();
        }));
        publish(Message.of(DELETED, 1L));
        eventually(() -> assertThat(handled).hasSize(1));
        closeAllConnections();
        // On the new channel the message has the same delivery tag, and must not be acknowledged by its first handler.
        eventually(() -> assertThat(handled).hasSize(2));
        goOn.get(0).countDown();
        eventually(() -> assertThat(ended).hasValue(1));
        await().pollDelay(Duration.ofMillis(300)).until(() -> true);

        closeAllConnections();

        eventually(() -> assertThat(handled).containsExactly("call 0 of 1", "call 1 of 1", "call 2 of 1"));
        goOn.get(1).countDown();
        active(subscription);
        eventually(this::emptyQueue);
        assertThat(handled).hasSize(3);
        assertThat(subscription.active()).isTrue();
    }

    @Test
    void d1_a_connection_lost_between_commit_and_acknowledgement_brings_the_message_again_and_the_inbox_drops_it()
            throws Exception {
        CountDownLatch committed = new CountDownLatch(1);
        CountDownLatch lost = new CountDownLatch(1);
        Inbox pausing = (consumer, id, work) -> {
            boolean ran = inbox.once(consumer, id, work);
            if (ran) {
                committed.countDown();
                assertThat(lost.await(30, TimeUnit.SECONDS)).isTrue();
            }
            return ran;
        };
        active(subscription().idempotent(pausing).handler(Long.class, (body, delivery) -> handled.add("" + body)));
        publish(Message.of(DELETED, 1L));
        assertThat(committed.await(20, TimeUnit.SECONDS)).isTrue();

        closeAllConnections();
        eventually(() -> assertThat(inbox.dropped()).isEqualTo(1));
        lost.countDown();

        eventually(this::emptyQueue);
        assertThat(handled).containsExactly("1");
    }

    @Test
    void d7_a_message_that_is_published_twice_is_not_marked_as_redelivered_and_takes_effect_once_by_its_id()
            throws Exception {
        Subscription subscription = active(subscription()
                .idempotent(inbox)
                .handler(
                        Long.class,
                        (body, delivery) ->
                                handled.add(body + " " + delivery.messageId().orElseThrow())));
        Message<Long> message = Message.of(DELETED, 1L);
        try (PlainClient witness = new PlainClient(vhost)) {
            witness.declare("events", "witness", "quorum");
            publish(message);
            publish(message);

            List<GetResponse> seen = new ArrayList<>();
            eventually(() -> {
                seen.addAll(witness.drain("witness"));
                assertThat(PlainClient.ids(seen)).containsExactly(message.messageId(), message.messageId());
            });
            assertThat(seen).noneMatch(one -> one.getEnvelope().isRedeliver());
        }

        eventually(() -> assertThat(inbox.dropped()).isEqualTo(1));
        eventually(this::emptyQueue);
        assertThat(handled).containsExactly("1 " + message.messageId());
        assertThat(subscription.active()).isTrue();
    }

    private void emptyQueue() {
        // Unacknowledged ones count too.
        assertThat(broker.ctl("-q", "list_queues", "-p", vhost.getPath().substring(1), "name", "messages")
                        .lines()
                        .filter(line -> line.startsWith(QUEUE)))
                .hasSize(5)
                .allMatch(line -> line.endsWith("\t0"));
    }

    private void publish(Message<Long> message) {
        await().atMost(Duration.ofSeconds(20))
                .ignoreExceptionsInstanceOf(PublishException.class)
                .untilAsserted(() -> messaging.publisher("events").publishAndWait(message));
    }

    private void closeAllConnections() {
        broker.ctl("close_all_connections", "-p", vhost.getPath().substring(1), "test");
    }

    private SubscriptionBuilder subscription() {
        return messaging.subscribe(QUEUE).bind("events", "user.deleted", VersionRange.parse("^1.0.0"));
    }

    private static Subscription active(Subscription subscription) {
        await().atMost(Duration.ofSeconds(20)).until(subscription::active);
        return subscription;
    }
}
