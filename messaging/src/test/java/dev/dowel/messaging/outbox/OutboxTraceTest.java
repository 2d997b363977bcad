package dev.dowel.messaging.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dowel.messaging.EventType;
import dev.dowel.messaging.Message;
import dev.dowel.messaging.MessageSet;
import dev.dowel.messaging.Messaging;
import dev.dowel.messaging.Subscription;
import dev.dowel.messaging.TraceContext;
import dev.dowel.messaging.VersionRange;
import dev.dowel.messaging.testing.InMemoryMessaging;
import dev.dowel.messaging.testing.InMemoryOutbox;
import dev.dowel.testservices.RabbitMq;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** The trace of whoever stored an event reaches whoever handles it, though a relay publishes it later. */
class OutboxTraceTest {
    private static final EventType<Long> V1 = EventType.of("user.deleted", "1.0.0", Long.class);
    private static final EventType<Long> V2 = EventType.of("user.deleted", "2.0.0", Long.class);
    private static final String PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    private static final String OTHER_PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";

    private final ThreadLocal<Map<String, String>> current = ThreadLocal.withInitial(Map::of);
    private final List<String> handled = new CopyOnWriteArrayList<>();

    /** A trace on the thread, as tracers keep it. */
    private final TraceContext trace = new TraceContext() {
        @Override
        public Map<String, String> capture(String exchange) {
            return current.get();
        }

        @Override
        public Scope restore(String queue, Map<String, String> headers) {
            Map<String, String> before = current.get();
            current.set(headers);
            return () -> current.set(before);
        }
    };

    private void subscribe(Messaging messaging) {
        Subscription subscription = messaging
                .subscribe("likes")
                .bind("events", "user.deleted", VersionRange.parse("^1.0.0"))
                .handler(
                        Long.class,
                        (body, delivery) ->
                                handled.add(body + " " + current.get().get("traceparent")));
        await().atMost(Duration.ofSeconds(30)).until(subscription::active);
    }

    private void publish(EventPublisher events) {
        current.set(Map.of("traceparent", PARENT));
        events.publish(Message.of(V1, 1L).key("k"));
        events.publish(MessageSet.create().add(V1, 2L).add(V2, 2L).key("k"));
        events.publish(Message.of(V1, 3L).key("k").header("traceparent", OTHER_PARENT));
        current.set(Map.of());
        events.publish(Message.of(V1, 4L).key("k"));
    }

    private void check() {
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(handled)
                        .containsExactly("1 " + PARENT, "2 " + PARENT, "3 " + OTHER_PARENT, "4 null"));
    }

    @Test
    void a_row_carries_the_trace_of_its_transaction_to_the_handler() {
        DataSource database = TestDatabase.POSTGRESQL.fresh();
        OutboxSchema.createIfMissing(database);
        try (Messaging messaging = Messaging.builder()
                        .uri(RabbitMq.shared().newVhost().toString())
                        .traceContext(trace)
                        .build();
                Outbox outbox = Outbox.builder(database).publishWith(messaging).build()) {
            messaging.start();
            subscribe(messaging);
            outbox.inTransaction(connection -> {
                publish(outbox.publisher("events"));
                return null;
            });
            outbox.start();
            check();
        }
    }

    @Test
    void the_double_of_the_outbox_does_so_too() {
        try (InMemoryMessaging messaging = new InMemoryMessaging().traceContext(trace)) {
            messaging.start();
            subscribe(messaging);
            InMemoryOutbox outbox = new InMemoryOutbox(messaging);
            outbox.inTransaction(() -> {
                publish(outbox.publisher("events"));
                return null;
            });
            check();
        }
    }
}
