package dev.dowel.messaging;

import static dev.dowel.messaging.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dowel.messaging.MessagingListener.Consumed;
import dev.dowel.messaging.MessagingListener.Result;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** What a user sees of failing messages while publishers are blocked, on the double and on a real broker alike. */
public abstract class BlockedContract {
    private static final EventType<Long> DELETED = EventType.of("user.deleted", "1.0.0", Long.class);

    private final List<String> handled = new CopyOnWriteArrayList<>();

    /** Makes messaging that is not started and waits no longer than a second for a confirm. */
    protected abstract Messaging messaging(MessagingListener listener);

    protected abstract void block(Messaging messaging);

    protected abstract void unblock(Messaging messaging);

    /** Lets time pass for retries. */
    protected abstract void pass(Messaging messaging, Duration time);

    @Test
    void while_publishers_are_blocked_a_failed_message_is_not_moved_and_comes_again_until_they_are_let_through() {
        RecordingListener heard = new RecordingListener();
        AtomicBoolean blocked = new AtomicBoolean();
        try (Messaging messaging = messaging(heard)) {
            messaging.start();
            assertThat(messaging.awaitConnected(Duration.ofSeconds(20))).isTrue();
            Subscription subscription = messaging
                    .subscribe("likes")
                    .bind("events", "user.deleted", VersionRange.parse("^1.0.0"))
                    .retry(Duration.ofMillis(50))
                    .handler(Long.class, (body, delivery) -> {
                        handled.add(body + "." + delivery.attempt());
                        if (blocked.compareAndSet(false, true)) {
                            block(messaging);
                        }
                        if (delivery.attempt() == 1) {
                            throw new IllegalStateException("on purpose");
                        }
                    });
            assertThat(subscription.awaitActive(Duration.ofSeconds(30))).isTrue();
            messaging.publisher("events").publishAndWait(Message.of(DELETED, 7L));

            pass(messaging, Duration.ofSeconds(2));
            eventually(() -> assertThat(handled).hasSizeGreaterThan(1));
            assertThat(handled).containsOnly("7.1");
            assertThat(heard.consumed).extracting(Consumed::result).containsOnly(Result.GIVEN_BACK);

            unblock(messaging);
            pass(messaging, Duration.ofSeconds(2));
            eventually(() -> assertThat(handled).contains("7.2"));
        }
    }
}
