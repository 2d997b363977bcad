package dev.dowel.messaging.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dowel.messaging.EventType;
import dev.dowel.messaging.Inbox;
import dev.dowel.messaging.Message;
import dev.dowel.messaging.MessageSet;
import dev.dowel.messaging.SubscriptionBuilder;
import dev.dowel.messaging.VersionRange;
import dev.dowel.messaging.testing.InMemoryMessaging;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** By which id an inbox knows a message again. */
class InboxIdTest {
    private static final EventType<Long> V1 = EventType.of("user.deleted", "1.0.0", Long.class);
    private static final EventType<Long> V2 = EventType.of("user.deleted", "2.0.0", Long.class);

    private final InMemoryMessaging messaging = new InMemoryMessaging();
    private final List<String> handled = new CopyOnWriteArrayList<>();
    private JdbcInbox inbox;

    @BeforeEach
    void start() {
        DataSource database = TestDatabase.H2.fresh();
        OutboxSchema.createIfMissing(database);
        inbox = JdbcInbox.of(database);
        messaging.start();
    }

    @AfterEach
    void stop() {
        inbox.close();
        messaging.close();
    }

    private SubscriptionBuilder subscription(String versions, Inbox by) {
        return messaging
                .subscribe("likes")
                .bind("events", "user.deleted", VersionRange.parse(versions))
                .idempotent(by);
    }

    private void handle(SubscriptionBuilder subscription) {
        var unused = subscription.handler(
                Long.class,
                (body, delivery) -> handled.add(body + " " + delivery.version().orElseThrow()));
    }

    @Test
    void by_the_messages_own_id_two_messages_about_one_event_both_take_effect_and_one_that_comes_again_does_not() {
        handle(subscription("^1.0.0", inbox));
        Message<Long> message = Message.of(V1, 1L).eventId("order-7");
        messaging.publisher("events").publishAndWait(message);
        messaging.publisher("events").publishAndWait(message);
        messaging.publisher("events").publishAndWait(Message.of(V1, 2L).eventId("order-7"));

        assertThat(handled).containsExactly("1 1.0.0", "2 1.0.0");
    }

    @Test
    void by_event_the_first_form_of_a_set_takes_effect_and_the_others_do_not() {
        handle(subscription(">=1 <3", inbox.byEvent()));
        messaging
                .publisher("events")
                .publishAndWait(MessageSet.create().add(V1, 1L).add(V2, 1L));
        messaging.publisher("events").publishAndWait(Message.of(V2, 2L));

        assertThat(handled).containsExactly("1 1.0.0", "2 2.0.0");
    }

    @Test
    void versions_of_several_majors_need_an_inbox_by_event() {
        assertThatThrownBy(() -> handle(subscription(">=1 <3", inbox)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("idempotent(inbox.byEvent())");
    }
}
