package dev.dowel.messaging.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dowel.messaging.EncodedMessage;
import dev.dowel.messaging.EventType;
import dev.dowel.messaging.Message;
import dev.dowel.messaging.MessagingListener;
import dev.dowel.messaging.VersionRange;
import dev.dowel.messaging.outbox.EventPublisher;
import dev.dowel.messaging.outbox.EventPublisherContract;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class InMemoryOutboxTest extends EventPublisherContract {
    private static final EventType<Long> DELETED = EventType.of("user.deleted", "1.0.0", Long.class);
    private static final EventType<Long> COUNTED = EventType.of("user.counted", "1.0.0", Long.class);

    private InMemoryOutbox outbox;

    @Override
    protected void open() {
        outbox = new InMemoryOutbox(messaging);
    }

    @Override
    protected void shut() {}

    @Override
    protected EventPublisher publisher(String exchange) {
        return outbox.publisher(exchange);
    }

    @Override
    protected void inTransaction(Work work) {
        outbox.inTransaction(() -> {
            work.run();
            return null;
        });
    }

    @Override
    protected long pending() {
        return outbox.pending();
    }

    @Test
    void a_key_waits_behind_its_refused_head_and_others_do_not() {
        messaging.faults().nackNext();
        inTransaction(() -> {
            publisher("events").publish(Message.of(DELETED, 1L).key("a"));
            publisher("events").publish(Message.of(DELETED, 2L).key("a"));
            publisher("events").publish(Message.of(DELETED, 3L).key("b"));
        });
        assertThat(messaging.published("user.deleted.1.0.0"))
                .extracting(message -> message.key().orElseThrow())
                .containsExactly("b");
        assertThat(outbox.pending()).isEqualTo(2);
        outbox.wake();
        assertThat(messaging.published("user.deleted.1.0.0"))
                .extracting(message -> message.key().orElseThrow())
                .containsExactly("b", "a", "a");
        assertThat(outbox.pending()).isZero();
    }

    @Test
    void after_an_error_in_one_publication_it_goes_on_with_the_next() {
        AtomicBoolean broken = new AtomicBoolean(true);
        try (InMemoryMessaging failing = new InMemoryMessaging().listener(new MessagingListener() {
            @Override
            public void published(Published event) {
                if (broken.getAndSet(false)) {
                    throw new InternalError("on purpose");
                }
            }
        })) {
            failing.start();
            failing.subscribe("likes")
                    .bind("events", "user.deleted", VersionRange.parse("^1.0.0"))
                    .handler(Long.class, (body, delivery) -> {});
            InMemoryOutbox stored = new InMemoryOutbox(failing);
            EventPublisher events = stored.publisher("events");
            assertThatThrownBy(() -> stored.inTransaction(() -> {
                        events.publish(Message.of(DELETED, 1L));
                        return null;
                    }))
                    .isInstanceOf(InternalError.class);
            stored.inTransaction(() -> {
                events.publish(Message.of(DELETED, 2L));
                return null;
            });
            assertThat(stored.pending()).isZero();
        }
    }

    @Test
    void a_handler_may_publish_in_a_transaction_of_its_own() {
        messaging
                .subscribe("counts")
                .bind("events", "user.counted", VersionRange.parse("^1.0.0"))
                .handler(Long.class, (body, delivery) -> {
                    if (body > 0) {
                        inTransaction(() -> publisher("events").publish(Message.of(COUNTED, body - 1)));
                    }
                });
        inTransaction(() -> publisher("events").publish(Message.of(COUNTED, 3L)));
        assertThat(messaging.published("user.counted.1.0.0"))
                .extracting(EncodedMessage::type)
                .hasSize(4);
        assertThat(outbox.pending()).isZero();
    }
}
