package dev.dowel.messaging.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dowel.messaging.ConnectionState;
import dev.dowel.messaging.EventType;
import dev.dowel.messaging.Message;
import dev.dowel.messaging.Messaging;
import dev.dowel.messaging.MessagingContract;
import dev.dowel.messaging.MessagingException;
import dev.dowel.messaging.PublishException;
import dev.dowel.messaging.VersionRange;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class InMemoryMessagingTest extends MessagingContract {
    private static final EventType<Deleted> TYPE = EventType.of("user.deleted", "1.0.0", Deleted.class);

    private final InMemoryMessaging double_ = new InMemoryMessaging();
    private final List<Deleted> handled = new ArrayList<>();

    @Override
    protected Messaging messaging() {
        return double_;
    }

    @Override
    protected void pass(Messaging messaging, Duration time) {
        ((InMemoryMessaging) messaging).advance(time);
    }

    @Override
    protected int parked(Messaging messaging, String queue) {
        return ((InMemoryMessaging) messaging).parked(queue).size();
    }

    @Test
    void a_nack_on_demand_hits_one_publication() {
        subscribe();
        double_.faults().nackNext();
        assertKind(PublishException.Kind.NACKED);
        double_.publisher("events").publishAndWait(Message.of(TYPE, new Deleted(1)));
        assertThat(double_.published("user.deleted.*.*.*")).hasSize(1);
        assertThat(double_.published("user.deleted.2.*.*")).isEmpty();
    }

    @Test
    void dropped_connections_refuse_and_restored_ones_call_back() {
        subscribe();
        List<String> called = new ArrayList<>();
        double_.onConnected(() -> called.add("again"));
        double_.faults().dropConnections();
        assertKind(PublishException.Kind.NOT_CONNECTED);
        assertThat(double_.health().healthy()).isFalse();
        assertThat(double_.health().consuming()).isEqualTo(ConnectionState.BACKING_OFF);
        assertThat(double_.health().lastError()).isNotEmpty();
        double_.faults().restoreConnections();
        assertThat(called).containsExactly("again");
        assertThat(double_.health().healthy()).isTrue();
    }

    @Test
    void blocked_publishers_are_refused_until_unblocked() {
        subscribe();
        double_.faults().blockPublishers();
        assertKind(PublishException.Kind.BLOCKED);
        assertThat(double_.health().publishing()).isEqualTo(ConnectionState.BLOCKED);
        assertThat(double_.health().consuming()).isEqualTo(ConnectionState.CONNECTED);
        assertThat(double_.health().blockedSince()).isPresent();
        double_.faults().unblockPublishers();
        double_.publisher("events").publishAndWait(Message.of(TYPE, new Deleted(1)));
        assertThat(handled).hasSize(1);
        assertThat(double_.health().blockedSince()).isEmpty();
    }

    @Test
    void a_message_can_be_delivered_twice() {
        subscribe();
        Message<Deleted> message = Message.of(TYPE, new Deleted(1));
        double_.publisher("events").publishAndWait(message);
        double_.redeliver(message.messageId());
        assertThat(handled).hasSize(2);
    }

    @Test
    void a_duplicate_on_demand_follows_its_message_once() {
        subscribe();
        double_.faults().duplicateNext();
        double_.publisher("events").publishAndWait(Message.of(TYPE, new Deleted(1)));
        double_.publisher("events").publishAndWait(Message.of(TYPE, new Deleted(2)));
        assertThat(handled).extracting(Deleted::id).containsExactly(1L, 1L, 2L);
    }

    @Test
    void a_connection_lost_in_a_handler_brings_the_message_again_whatever_the_handler_did() {
        List<Integer> attempts = new ArrayList<>();
        double_.subscribe("q")
                .bind("events", "user.deleted", VersionRange.parse("^1.0.0"))
                .handler(Deleted.class, (body, delivery) -> {
                    attempts.add(delivery.attempt());
                    if (attempts.size() == 1) {
                        throw new IllegalStateException("on purpose");
                    }
                });
        double_.faults().loseConnectionInNextHandler();
        double_.publisher("events").publishAndWait(Message.of(TYPE, new Deleted(1)));
        assertThat(attempts).containsExactly(1, 1);
        double_.advance(Duration.ofMinutes(5));
        assertThat(attempts).hasSize(2);
    }

    @Test
    void a_garbled_body_is_parked_with_the_reason() {
        subscribe();
        double_.faults().garbleNext();
        double_.publisher("events").publishAndWait(Message.of(TYPE, new Deleted(1)));
        assertThat(handled).isEmpty();
        assertThat(double_.parked("q"))
                .singleElement()
                .satisfies(parked -> assertThat(parked.reason()).startsWith("undecodable"));
    }

    @Test
    void a_replay_that_is_refused_leaves_the_message_parked() {
        subscribe();
        double_.faults().garbleNext();
        double_.publisher("events").publishAndWait(Message.of(TYPE, new Deleted(1)));
        double_.faults().nackNext();
        assertThatThrownBy(() -> double_.parkingLot("q").replayAll())
                .isInstanceOf(MessagingException.class)
                .hasMessageContaining("0 messages were sent back");
        assertThat(double_.parkingLot("q").count()).isEqualTo(1);
    }

    private void subscribe() {
        double_.subscribe("q")
                .bind("events", "user.deleted", VersionRange.parse("^1.0.0"))
                .handler(Deleted.class, (body, delivery) -> handled.add(body));
    }

    private void assertKind(PublishException.Kind kind) {
        assertThatThrownBy(() -> double_.publisher("events").publishAndWait(Message.of(TYPE, new Deleted(1))))
                .isInstanceOfSatisfying(
                        PublishException.class, e -> assertThat(e.kind()).isEqualTo(kind));
    }
}
