package dev.dowel.messaging;

import static dev.dowel.messaging.Eventually.eventuallyDespiteExceptions;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dowel.testservices.RabbitMq;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Somebody deletes a work queue and declares it again, and the broker may or may not tell its consumers. Rule D8. */
class QueueTakenAwayTest {
    private static final String QUEUE = "likes";
    private static final int CONSUMERS = 3;
    private static RabbitMq broker;

    private final List<Messaging> open = new ArrayList<>();
    private final List<String> handled = new CopyOnWriteArrayList<>();
    private URI vhost;
    private PlainClient somebody;
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
    void connect() throws Exception {
        vhost = broker.newVhost();
        somebody = new PlainClient(vhost);
        messaging = started();
    }

    @AfterEach
    void close() {
        open.forEach(Messaging::close);
        somebody.close();
    }

    @Test
    void d8_a_queue_deleted_and_declared_again_by_somebody_else_is_consumed_again() throws Exception {
        Messaging other = started();
        Map<String, Map<String, Object>> queues = new HashMap<>(Map.of(
                "one", asWanted("one"),
                "three", asWanted("three"),
                "otherwise", Map.of("x-queue-type", "quorum"),
                "classic", Map.of()));
        for (String queue : queues.keySet()) {
            active(subscribe(messaging, queue, queue.equals("one") ? 1 : CONSUMERS));
            active(subscribe(other, queue, queue.equals("one") ? 1 : CONSUMERS));
        }
        Map<String, Object> single = new HashMap<>(asWanted("single"));
        single.put("x-single-active-consumer", true);
        for (Messaging each : List.of(messaging, other)) {
            active(bound(each, "single")
                    .inOrder()
                    .handler(Long.class, (body, delivery) -> handled.add("single " + body)));
        }
        queues.put("single", single);

        for (Map.Entry<String, Map<String, Object>> one : queues.entrySet()) {
            somebody.channel().queueDelete(one.getKey());
            somebody.channel().queueDeclare(one.getKey(), true, false, false, one.getValue());
        }

        // The bindings are there again in all of them; what older consumers were given comes to the new ones.
        List<String> expected = new ArrayList<>();
        for (long id = 1; id <= 6; id++) {
            for (String queue : queues.keySet()) {
                publish(queue, id);
                expected.add(queue + " " + id);
            }
        }
        eventuallyDespiteExceptions(() -> assertThat(handled).containsExactlyInAnyOrderElementsOf(expected));
        assertThat(handled.stream().filter(one -> one.startsWith("single")))
                .containsExactlyElementsOf(expected.stream()
                        .filter(one -> one.startsWith("single"))
                        .toList());
        eventuallyDespiteExceptions(() ->
                assertThat(messaging.health().topologyProblems()).containsOnlyKeys("queue otherwise", "queue classic"));
        assertThat(messaging.health().consumersActive())
                .isEqualTo(messaging.health().consumersWanted());
    }

    @Test
    void d8_a_queue_that_is_deleted_is_declared_and_consumed_again() throws Exception {
        active(subscribe(messaging, QUEUE, CONSUMERS));

        somebody.channel().queueDelete(QUEUE);

        publish(QUEUE, 1);
        eventuallyDespiteExceptions(() -> assertThat(handled).containsExactly(QUEUE + " 1"));
        eventuallyDespiteExceptions(
                () -> assertThat(messaging.health().healthy()).isTrue());
    }

    @Test
    void d8_stopping_waits_for_a_handler_whose_consumer_was_replaced_meanwhile() throws Exception {
        CountDownLatch goOn = new CountDownLatch(1);
        Thread stopping = new Thread(messaging::close);
        try {
            active(bound(messaging, QUEUE).handler(Long.class, (body, delivery) -> {
                handled.add(QUEUE + " " + body);
                if (body == 1) {
                    goOn.await();
                    handled.add("returned");
                }
            }));
            publish(QUEUE, 1);
            eventuallyDespiteExceptions(() -> assertThat(handled).containsExactly(QUEUE + " 1"));
            somebody.channel().queueDelete(QUEUE);
            publish(QUEUE, 2);
            eventuallyDespiteExceptions(() -> assertThat(handled).containsExactly(QUEUE + " 1", QUEUE + " 2"));

            stopping.start();

            await().during(Duration.ofSeconds(1)).until(stopping::isAlive);
        } finally {
            goOn.countDown();
        }
        stopping.join();
        assertThat(handled).endsWith("returned");
    }

    @Test
    void d8_a_queue_that_is_deleted_while_a_handler_hangs_is_consumed_again_before_that_returns() throws Exception {
        CountDownLatch goOn = new CountDownLatch(1);
        try {
            active(bound(messaging, QUEUE).handler(Long.class, (body, delivery) -> {
                handled.add(QUEUE + " " + body);
                if (body == 1) {
                    goOn.await();
                }
            }));
            publish(QUEUE, 1);
            eventuallyDespiteExceptions(() -> assertThat(handled).containsExactly(QUEUE + " 1"));

            somebody.channel().queueDelete(QUEUE);

            publish(QUEUE, 2);
            eventuallyDespiteExceptions(() -> assertThat(handled).containsExactly(QUEUE + " 1", QUEUE + " 2"));
            eventuallyDespiteExceptions(
                    () -> assertThat(messaging.health().healthy()).isTrue());
        } finally {
            goOn.countDown();
        }
    }

    @Test
    void a_retry_queue_that_is_deleted_is_declared_again_when_the_first_message_misses_it() throws Exception {
        active(bound(messaging, QUEUE).handler(Long.class, (body, delivery) -> {
            handled.add(body + "." + delivery.attempt());
            if (delivery.attempt() == 1) {
                throw new IllegalStateException("on purpose");
            }
        }));
        somebody.channel().queueDelete(QUEUE + ".retry.1s");

        // They keep the consumer busy, which is not replaced meanwhile.
        for (long id = 1; id <= 5; id++) {
            publish(QUEUE, id);
        }

        // What is missing is looked for every thirty seconds anyway.
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(handled).contains("1.2", "2.2", "3.2", "4.2", "5.2"));
        assertThat(messaging.parkingLot(QUEUE).count()).isZero();
        assertThat(messaging.health().topologyProblems()).isEmpty();
    }

    @Test
    void consumers_that_have_nothing_to_do_are_replaced_without_a_gap_and_a_busy_one_is_not_disturbed() {
        CountDownLatch goOn = new CountDownLatch(1);
        Set<Boolean> idleComplete = ConcurrentHashMap.newKeySet();
        active(bound(messaging, "busy").handler(Long.class, (body, delivery) -> {
            handled.add("busy " + body);
            goOn.await();
        }));
        Subscription idle = subscribe(messaging, "idle", CONSUMERS);
        active(idle);
        publish("busy", 1);
        eventuallyDespiteExceptions(() -> assertThat(handled).containsExactly("busy 1"));
        Set<String> before = tags("idle");
        assertThat(before).hasSize(CONSUMERS);
        String busy = tags("busy").iterator().next();

        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> {
                    idleComplete.add(idle.active() && messaging.health().healthy());
                    Set<String> now = tags("idle");
                    return now.size() == CONSUMERS && now.stream().noneMatch(before::contains);
                });
        assertThat(idleComplete).containsExactly(true);
        assertThat(tags("busy")).containsExactly(busy);
        goOn.countDown();
        publish("idle", 1);
        eventuallyDespiteExceptions(() -> assertThat(handled).containsExactly("busy 1", "idle 1"));
    }

    private Set<String> tags(String queue) {
        Set<String> tags = new HashSet<>();
        broker.ctl("-q", "list_consumers", "-p", vhost.getPath().substring(1), "queue_name", "consumer_tag")
                .lines()
                .filter(line -> line.startsWith(queue + "\t"))
                .forEach(tags::add);
        return tags;
    }

    private static Map<String, Object> asWanted(String queue) {
        return Map.of(
                "x-queue-type", "quorum",
                "x-delivery-limit", 20,
                "x-dead-letter-exchange", "",
                "x-dead-letter-routing-key", queue + ".parking",
                "x-dead-letter-strategy", "at-least-once",
                "x-overflow", "reject-publish");
    }

    /** Each queue has an event of its own. */
    private static SubscriptionBuilder bound(Messaging on, String queue) {
        return on.subscribe(queue)
                .bind("events", queue, VersionRange.parse("^1.0.0"))
                .retry(Duration.ofSeconds(1));
    }

    private Subscription subscribe(Messaging on, String queue, int consumers) {
        return bound(on, queue)
                .concurrency(consumers)
                .handler(Long.class, (body, delivery) -> handled.add(queue + " " + body));
    }

    private static void active(Subscription subscription) {
        await().atMost(Duration.ofSeconds(20)).until(subscription::active);
    }

    /** Publishes; that fails until the binding is there. */
    private void publish(String queue, long id) {
        EventType<Long> type = EventType.of(queue, "1.0.0", Long.class);
        await().atMost(Duration.ofSeconds(60))
                .ignoreExceptionsInstanceOf(PublishException.class)
                .untilAsserted(() -> messaging.publisher("events").publishAndWait(Message.of(type, id)));
    }

    private Messaging started() {
        Messaging made = Messaging.builder()
                .uri(vhost.toString())
                .connectionName("queues")
                .build();
        open.add(made);
        made.start();
        assertThat(made.awaitConnected(Duration.ofSeconds(20))).isTrue();
        return made;
    }
}
