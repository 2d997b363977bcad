package dev.dowel.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.GetResponse;
import dev.dowel.testservices.RabbitMq;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * The whole way from publisher to handler while handlers fail and the broker is killed again and again. Checked in the
 * words of Jepsen: what was acknowledged must be handled, parked or still in a queue, and what was never attempted must be
 * nowhere. Long with {@code -Dsoak=true}.
 */
class SoakTest {
    private static final boolean LONG = Boolean.getBoolean("soak");
    private static final int MESSAGES = LONG ? 80_000 : 6_000;
    private static final int KILLS = LONG ? 4 : 2;
    private static final long SEED = Long.getLong("soak.seed", 42);
    private static final int PUBLISHERS = 2;
    private static final double FAILING = 0.2;
    private static final Duration DELAY = Duration.ofMillis(500);
    private static final EventType<Integer> TYPE = EventType.of("user.deleted", "1.0.0", Integer.class);
    private static final String QUEUE = "likes";

    private final Set<String> attempted = ConcurrentHashMap.newKeySet();
    private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
    private final Map<PublishException.Kind, Integer> refused = new ConcurrentHashMap<>();
    private final AtomicInteger settled = new AtomicInteger();
    private final Map<String, Integer> effects = new ConcurrentHashMap<>();
    private final AtomicInteger runs = new AtomicInteger();
    private final AtomicInteger failures = new AtomicInteger();
    private final InMemoryInbox inbox = new InMemoryInbox();

    @Test
    void nothing_acknowledged_is_lost_and_nothing_takes_effect_twice_while_the_broker_is_killed_under_load()
            throws Exception {
        Random random = new Random(SEED);
        try (RabbitMq broker = RabbitMq.start();
                Messaging consuming = messaging(broker, "consumer")) {
            Subscription subscription = subscribe(consuming);
            await().atMost(Duration.ofSeconds(20)).until(subscription::active);
            // A younger quorum queue may lose what it confirmed; that is the broker's own fault.
            await().pollDelay(Duration.ofSeconds(3)).until(() -> true);
            List<Thread> publishers = new ArrayList<>();
            for (int number = 0; number < PUBLISHERS; number++) {
                Messaging messaging = messaging(broker, "publisher " + number);
                Thread thread = new Thread(() -> publish(messaging));
                publishers.add(thread);
                thread.start();
            }
            int part = MESSAGES / (KILLS + 1);
            for (int kill = 0; kill < KILLS; kill++) {
                int when = part * kill + part / 2 + random.nextInt(part / 2);
                await().atMost(Duration.ofMinutes(5))
                        .pollInterval(Duration.ofMillis(5))
                        .until(() -> acknowledged.size() >= when);
                broker.kill();
                broker.restart();
            }
            for (Thread thread : publishers) {
                thread.join();
            }
            await().atMost(Duration.ofMinutes(2)).until(() -> settled.get() == MESSAGES);
            Set<String> parked = new HashSet<>();
            await().atMost(Duration.ofMinutes(10))
                    .pollInterval(Duration.ofMillis(500))
                    .ignoreExceptions()
                    .until(() -> {
                        parked.addAll(parked(consuming));
                        return missing(parked).isEmpty() && empty(broker);
                    });
            subscription.close();
            report(parked, left(broker));
        }
    }

    private void report(Set<String> parked, Set<String> queued) {
        Set<String> lost = missing(parked);
        lost.removeAll(queued);
        Set<String> unexpected = new HashSet<>(effects.keySet());
        unexpected.addAll(parked);
        unexpected.addAll(queued);
        unexpected.removeAll(attempted);
        long twice = effects.values().stream().filter(times -> times > 1).count();
        System.out.printf(
                "soak, seed %d: kills %d | attempted %d | acknowledged %d | not acknowledged %s | handled %d | parked %d"
                        + " | still queued %d | handler runs %d | failed on purpose %d | duplicates dropped %d | handled twice"
                        + " %d | lost %d | unexpected %d%n",
                SEED,
                KILLS,
                attempted.size(),
                acknowledged.size(),
                refused,
                effects.size(),
                parked.size(),
                queued.size(),
                runs.get(),
                failures.get(),
                inbox.dropped(),
                twice,
                lost.size(),
                unexpected.size());
        assertThat(lost).as("lost").isEmpty();
        assertThat(unexpected).as("unexpected").isEmpty();
        assertThat(twice).as("handled twice").isZero();
        assertThat(attempted).hasSize(MESSAGES);
        assertThat(failures.get()).isBetween((int) (MESSAGES * FAILING / 2), MESSAGES);
        assertThat(acknowledged.size()).isGreaterThan(MESSAGES / 2);
    }

    /** What was acknowledged and is neither handled nor parked. */
    private Set<String> missing(Set<String> parked) {
        Set<String> missing = new HashSet<>(acknowledged);
        missing.removeAll(effects.keySet());
        missing.removeAll(parked);
        return missing;
    }

    private void publish(Messaging messaging) {
        try (messaging) {
            Publisher publisher = messaging.publisher("events");
            List<CompletionStage<Receipt>> all = new ArrayList<>();
            for (int i = 0; i < MESSAGES / PUBLISHERS; i++) {
                Message<Integer> message = Message.of(TYPE, i);
                attempted.add(message.messageId());
                // While there is no connection publishing fails at once; that is no load.
                messaging.awaitConnected(Duration.ofSeconds(30));
                all.add(publisher.publish(message).whenComplete((receipt, e) -> {
                    if (e == null) {
                        acknowledged.add(message.messageId());
                    } else {
                        refused.merge(((PublishException) e).kind(), 1, Integer::sum);
                    }
                    settled.incrementAndGet();
                }));
            }
            await().atMost(Duration.ofMinutes(5))
                    .until(() -> all.stream()
                            .allMatch(one -> one.toCompletableFuture().isDone()));
        }
    }

    private Subscription subscribe(Messaging messaging) {
        Random random = new Random(SEED + 1);
        return messaging
                .subscribe(QUEUE)
                .bind("events", "user.deleted", VersionRange.parse("^1.0.0"))
                .concurrency(4)
                .prefetch(200)
                // One queue for all attempts: what fails in all of them is parked.
                .retry(DELAY, DELAY.plusMillis(1), DELAY.plusMillis(2), DELAY.plusMillis(3))
                .idempotent(inbox)
                .handler(Integer.class, (body, delivery) -> {
                    runs.incrementAndGet();
                    boolean fails;
                    synchronized (random) {
                        fails = random.nextDouble() < FAILING;
                    }
                    if (fails) {
                        failures.incrementAndGet();
                        throw new RetryLater(DELAY);
                    }
                    effects.merge(delivery.messageId().orElseThrow(), 1, Integer::sum);
                });
    }

    private static Set<String> parked(Messaging messaging) {
        Set<String> parked = new HashSet<>();
        messaging.parkingLot(QUEUE).peek(1_000).forEach(one -> parked.add(one.id()));
        return parked;
    }

    /** Tells whether nothing is on its way; what is parked does not count. */
    private static boolean empty(RabbitMq broker) {
        return broker.ctl("-q", "list_queues", "name", "messages")
                .lines()
                .filter(line -> line.startsWith(QUEUE) && !line.startsWith(QUEUE + ".parking"))
                .allMatch(line -> line.endsWith("\t0"));
    }

    private static Set<String> left(RabbitMq broker) throws Exception {
        Set<String> left = new HashSet<>();
        try (PlainClient plain = new PlainClient(broker.uri())) {
            for (String queue : List.of(QUEUE, QUEUE + ".retry.500ms")) {
                for (GetResponse one : plain.drain(queue)) {
                    left.add(one.getProps().getMessageId());
                }
            }
        }
        return left;
    }

    private static Messaging messaging(RabbitMq broker, String name) {
        Messaging messaging = Messaging.builder()
                .uri(broker.uri().toString())
                .connectionName(name)
                .retryUnknown(10)
                .publishTimeout(Duration.ofSeconds(30))
                .build();
        messaging.start();
        assertThat(messaging.awaitConnected(Duration.ofSeconds(20))).isTrue();
        return messaging;
    }
}
