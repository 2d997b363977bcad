package dev.dowel.messaging;

import static dev.dowel.messaging.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.dowel.testservices.RabbitMq;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** A broker that is short of memory takes nothing from publishers, and goes on delivering. */
class BlockedBrokerTest {
    private static final EventType<Long> DELETED = EventType.of("user.deleted", "1.0.0", Long.class);

    @Test
    void while_blocked_publishing_fails_in_time_consuming_goes_on_and_what_was_sent_is_confirmed_afterwards()
            throws Exception {
        Set<Long> handled = ConcurrentHashMap.newKeySet();
        CountDownLatch goOn = new CountDownLatch(1);
        try (RabbitMq broker = RabbitMq.start();
                Messaging consumer = messaging(broker.uri(), Duration.ofSeconds(10));
                Messaging patient = messaging(broker.uri(), Duration.ofMinutes(1));
                Messaging hasty = messaging(broker.uri(), Duration.ofSeconds(1))) {
            Subscription subscription = consumer.subscribe("likes")
                    .bind("events", "user.deleted", VersionRange.parse("^1.0.0"))
                    .prefetch(1)
                    .handler(Long.class, (body, delivery) -> {
                        goOn.await();
                        handled.add(body);
                    });
            await().atMost(Duration.ofSeconds(20)).until(subscription::active);
            List<Long> confirmed = new ArrayList<>();
            for (long id = 0; id < 20; id++) {
                patient.publisher("events").publishAndWait(Message.of(DELETED, id));
                confirmed.add(id);
            }
            hasty.publisher("events").publishAndWait(Message.of(DELETED, 20L));
            Instant before = Instant.now();
            broker.ctl("set_vm_memory_high_watermark", "absolute", "1MB");

            // The broker stops reading at the first one, and says so only then.
            CompletableFuture<Receipt> pending = publish(patient, 100);
            eventually(() -> assertThat(patient.health().publishing()).isEqualTo(ConnectionState.BLOCKED));
            assertThat(patient.health().state()).isEqualTo(ConnectionState.BLOCKED);
            assertThat(patient.health().healthy()).isFalse();
            assertThat(patient.health().blockedSince())
                    .hasValueSatisfying(since -> assertThat(since).isBetween(before, Instant.now()));
            CompletableFuture<Receipt> waiting = CompletableFuture.supplyAsync(
                    () -> patient.publisher("events").publishAndWait(Message.of(DELETED, 101L)),
                    task -> new Thread(task).start());
            CompletableFuture<?> unused = publish(hasty, 102);
            eventually(() -> assertThat(hasty.health().publishing()).isEqualTo(ConnectionState.BLOCKED));
            assertThatThrownBy(() -> hasty.publisher("events").publishAndWait(Message.of(DELETED, 103L)))
                    .isInstanceOfSatisfying(
                            PublishException.class, e -> assertThat(e.kind()).isEqualTo(PublishException.Kind.BLOCKED));

            // More than the handler has: they must come over the connection while the alarm lasts.
            goOn.countDown();
            eventually(() -> assertThat(handled).containsAll(confirmed));
            assertThat(consumer.health().consuming()).isEqualTo(ConnectionState.CONNECTED);
            assertThat(pending).isNotDone();
            assertThat(waiting).isNotDone();

            broker.ctl("set_vm_memory_high_watermark", "0.4");
            assertThat(pending).succeedsWithin(Duration.ofSeconds(20));
            assertThat(waiting).succeedsWithin(Duration.ofSeconds(20));
            eventually(() -> assertThat(handled).contains(100L, 101L).doesNotContain(103L));
            eventually(() -> assertThat(patient.health().healthy()).isTrue());
            assertThat(patient.health().blockedSince()).isEmpty();
        }
    }

    private static CompletableFuture<Receipt> publish(Messaging messaging, long id) {
        return messaging.publisher("events").publish(Message.of(DELETED, id)).toCompletableFuture();
    }

    private static Messaging messaging(URI uri, Duration publishTimeout) {
        Messaging messaging = Messaging.builder()
                .uri(uri.toString())
                .connectionName("blocked")
                .publishTimeout(publishTimeout)
                .build();
        messaging.start();
        assertThat(messaging.awaitConnected(Duration.ofSeconds(20))).isTrue();
        return messaging;
    }
}
