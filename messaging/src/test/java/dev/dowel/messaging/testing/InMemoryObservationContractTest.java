package dev.dowel.messaging.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dowel.messaging.EncodedMessage;
import dev.dowel.messaging.EventType;
import dev.dowel.messaging.Message;
import dev.dowel.messaging.Messaging;
import dev.dowel.messaging.MessagingListener;
import dev.dowel.messaging.ObservationContract;
import dev.dowel.messaging.Publisher;
import dev.dowel.messaging.RecordingListener;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The contract on the double. */
class InMemoryObservationContractTest extends ObservationContract {
    @Override
    protected Messaging messaging(List<MessagingListener> listeners) {
        InMemoryMessaging messaging = new InMemoryMessaging();
        listeners.forEach(messaging::listener);
        return messaging;
    }

    @Override
    protected void pass(Messaging messaging, Duration time) {
        ((InMemoryMessaging) messaging).advance(time);
    }

    @Override
    protected void foreign(Messaging messaging, String exchange, String queue, String routingKey, String type) {
        Publisher publisher = messaging.publisher(exchange);
        EncodedMessage model =
                publisher.encode(Message.of(EventType.of("user.deleted", "1.1.0", Deleted.class), new Deleted(1)));
        EncodedMessage foreign = new EncodedMessage(
                routingKey,
                routingKey,
                type,
                routingKey,
                Optional.empty(),
                Optional.empty(),
                model.contentType(),
                model.headers(),
                model.body(),
                model.route());
        assertThat(publisher.publish(foreign)).isCompleted();
    }

    @Test
    void faults_on_demand_are_heard_of_as_those_of_a_broker_are() {
        RecordingListener heard = new RecordingListener();
        try (InMemoryMessaging messaging = new InMemoryMessaging().listener(heard)) {
            messaging.start();
            messaging.faults().dropConnections();
            messaging.faults().restoreConnections();
            messaging.faults().blockPublishers();
            messaging.faults().unblockPublishers();
        }
        assertThat(heard.changes)
                .extracting(change -> change.connection() + " " + change.to() + (change.reconnected() ? " again" : ""))
                .containsExactly(
                        "PUBLISHING CONNECTED",
                        "CONSUMING CONNECTED",
                        "PUBLISHING BACKING_OFF",
                        "CONSUMING BACKING_OFF",
                        "PUBLISHING CONNECTED again",
                        "CONSUMING CONNECTED again",
                        "PUBLISHING BLOCKED",
                        "PUBLISHING CONNECTED",
                        "PUBLISHING CLOSED",
                        "CONSUMING CLOSED");
    }

    @Test
    void whoever_listens_is_set_before_the_start() {
        try (InMemoryMessaging messaging = new InMemoryMessaging()) {
            messaging.start();
            assertThatThrownBy(() -> messaging.listener(new RecordingListener()))
                    .isInstanceOf(IllegalStateException.class);
        }
    }
}
