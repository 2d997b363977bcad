package dev.dowel.messaging.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dowel.messaging.EventType;
import dev.dowel.messaging.Message;
import dev.dowel.messaging.Messaging;
import dev.dowel.messaging.MessagingContract;
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
        double_.faults().restoreConnections();
        assertThat(called).containsExactly("again");
        assertThat(double_.health().healthy()).isTrue();
    }

    @Test
    void blocked_publishers_are_refused_until_unblocked() {
        subscribe();
        double_.faults().blockPublishers();
        assertKind(PublishException.Kind.BLOCKED);
        double_.faults().unblockPublishers();
        double_.publisher("events").publishAndWait(Message.of(TYPE, new Deleted(1)));
        assertThat(handled).hasSize(1);
    }

    @Test
    void a_message_can_be_delivered_twice() {
        subscribe();
        Message<Deleted> message = Message.of(TYPE, new Deleted(1));
        double_.publisher("events").publishAndWait(message);
        double_.redeliver(message.messageId());
        assertThat(handled).hasSize(2);
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
