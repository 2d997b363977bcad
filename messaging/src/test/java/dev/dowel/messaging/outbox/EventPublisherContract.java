package dev.dowel.messaging.outbox;

import static dev.dowel.messaging.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dowel.messaging.EncodedMessage;
import dev.dowel.messaging.EventType;
import dev.dowel.messaging.Message;
import dev.dowel.messaging.MessageSet;
import dev.dowel.messaging.VersionRange;
import dev.dowel.messaging.testing.InMemoryMessaging;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a service layer is promised by its publisher, whatever runs its transactions. */
public abstract class EventPublisherContract {
    private static final EventType<Long> V1 = EventType.of("user.deleted", "1.0.0", Long.class);
    private static final EventType<String> V2 = EventType.of("user.deleted", "2.0.0", String.class);

    protected final InMemoryMessaging messaging = new InMemoryMessaging();
    private final List<Long> handled = new CopyOnWriteArrayList<>();

    /** What a test does in a transaction. */
    protected interface Work {
        void run() throws Exception;
    }

    /** Opens what the tests use. */
    protected abstract void open() throws Exception;

    /** Closes it. */
    protected abstract void shut() throws Exception;

    protected abstract EventPublisher publisher(String exchange);

    /** Runs the work in a transaction that commits unless the work throws. */
    protected abstract void inTransaction(Work work);

    protected abstract long pending();

    @BeforeEach
    void start() throws Exception {
        messaging.start();
        messaging
                .subscribe("likes")
                .bind("events", "user.deleted", VersionRange.parse("^1.0.0"))
                .handler(Long.class, (body, delivery) -> handled.add(body));
        open();
    }

    @AfterEach
    void stop() throws Exception {
        shut();
        messaging.close();
    }

    @Test
    void what_is_published_in_a_transaction_goes_out_after_its_commit_and_not_before() {
        inTransaction(() -> {
            publisher("events").publish(Message.of(V1, 1L).key("1"));
            publisher("events").publish(Message.of(V1, 2L).key("1"));
            assertThat(handled).isEmpty();
        });
        // The poll interval is a minute: it is the commit that wakes the relay.
        eventually(() -> assertThat(handled).containsExactly(1L, 2L));
        eventually(() -> assertThat(pending()).isZero());
    }

    @Test
    void what_is_rolled_back_never_goes_out() {
        assertThatThrownBy(() -> inTransaction(() -> {
                    publisher("events").publish(Message.of(V1, 1L));
                    throw new IllegalStateException("on purpose");
                }))
                .hasStackTraceContaining("on purpose");
        assertThat(pending()).isZero();
        inTransaction(() -> publisher("events").publish(Message.of(V1, 2L)));
        eventually(() -> assertThat(handled).containsExactly(2L));
    }

    @Test
    void outside_of_a_transaction_it_refuses_and_says_what_to_do() {
        EventPublisher publisher = publisher("events");
        assertThatThrownBy(() -> publisher.publish(Message.of(V1, 1L)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("events")
                .hasMessageContaining("inTransaction");
        assertThatThrownBy(() -> publisher.publish(MessageSet.create().add(V1, 1L)))
                .isInstanceOf(IllegalStateException.class);
        inTransaction(() -> publisher.publish(Message.of(V1, 2L)));
        assertThatThrownBy(() -> publisher.publish(Message.of(V1, 3L)))
                .as("behind a transaction")
                .isInstanceOf(IllegalStateException.class);
        eventually(() -> assertThat(handled).containsExactly(2L));
    }

    @Test
    void a_set_goes_out_as_one_event_and_needs_one_listener() {
        inTransaction(() -> publisher("events")
                .publish(MessageSet.of("evt").add(V1, 1L).add(V2, "1").key("1")));
        eventually(() -> assertThat(pending()).isZero());
        assertThat(handled).containsExactly(1L);
        assertThat(messaging.published("user.deleted.1.0.0"))
                .extracting(EncodedMessage::eventId)
                .containsExactly("evt");
    }

    @Test
    void a_set_that_goes_to_two_exchanges_needs_a_listener_on_each() {
        MessageSet set = MessageSet.of("evt").add(V1, 1L).add(V2, "1");
        inTransaction(() -> {
            publisher("events").publish(set);
            publisher("audit").publish(set);
        });
        eventually(() -> assertThat(handled).containsExactly(1L));
        eventually(() -> assertThat(pending()).isLessThanOrEqualTo(2));
        assertThat(pending()).as("both forms on the other exchange").isEqualTo(2);
    }

    @Test
    void an_empty_set_and_a_bad_name_are_refused_at_once() {
        assertThatThrownBy(() -> publisher("")).isInstanceOf(IllegalArgumentException.class);
        inTransaction(() -> assertThatThrownBy(() -> publisher("events").publish(MessageSet.create()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at least one version"));
    }

    @Test
    void while_the_broker_is_away_transactions_commit_and_their_events_go_out_when_it_is_back() {
        messaging.faults().dropConnections();
        assertThatCode(() -> inTransaction(() -> publisher("events").publish(Message.of(V1, 1L))))
                .doesNotThrowAnyException();
        assertThat(pending()).isEqualTo(1);
        messaging.faults().restoreConnections();
        eventually(() -> assertThat(handled).containsExactly(1L));
        eventually(() -> assertThat(pending()).isZero());
    }

    @Test
    void a_transaction_within_another_is_its_own_and_the_outer_one_goes_on() {
        inTransaction(() -> {
            publisher("events").publish(Message.of(V1, 1L));
            assertThatThrownBy(() -> nested(() -> {
                        publisher("events").publish(Message.of(V1, 2L));
                        throw new IllegalStateException("on purpose");
                    }))
                    .hasStackTraceContaining("on purpose");
            publisher("events").publish(Message.of(V1, 3L));
        });
        eventually(() -> assertThat(handled).containsExactlyInAnyOrder(1L, 3L));
    }

    /** Runs the work in a new transaction within another. */
    protected void nested(Work work) {
        inTransaction(work);
    }
}
