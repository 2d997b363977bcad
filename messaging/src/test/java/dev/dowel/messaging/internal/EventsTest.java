package dev.dowel.messaging.internal;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.dowel.messaging.ConnectionState;
import dev.dowel.messaging.Messaging;
import dev.dowel.messaging.MessagingListener;
import dev.dowel.messaging.MessagingListener.Connection;
import dev.dowel.messaging.MessagingListener.ConnectionChange;
import dev.dowel.messaging.RecordingListener;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class EventsTest {
    private final RecordingListener heard = new RecordingListener();

    @Test
    void a_listener_that_throws_is_complained_of_once_and_the_others_hear_all() {
        ListAppender<ILoggingEvent> logs = new ListAppender<>();
        Logger logger = (Logger) LoggerFactory.getLogger(Messaging.class);
        logs.start();
        logger.addAppender(logs);
        try {
            MessagingListener broken = new MessagingListener() {
                @Override
                public void published(Published event) {
                    throw new LinkageError("expected by the test");
                }
            };
            Events events = new Events(List.of(broken, heard));
            events.published("events", "user.deleted", Optional.empty(), events.now());
            events.published("events", "user.deleted", Optional.empty(), events.now());
        } finally {
            logger.detachAppender(logs);
        }
        assertThat(heard.published).hasSize(2);
        assertThat(logs.list)
                .singleElement()
                .satisfies(event -> assertThat(event.getFormattedMessage()).contains("said once"));
    }

    @Test
    void each_change_of_a_connection_is_told_once_and_a_lifted_block_is_no_reconnection() {
        ConnectionEvents connection = new ConnectionEvents(Connection.PUBLISHING, new Events(List.of(heard)));
        for (ConnectionState state : List.of(
                ConnectionState.CONNECTING,
                ConnectionState.CONNECTING,
                ConnectionState.BACKING_OFF,
                ConnectionState.CONNECTED,
                ConnectionState.BLOCKED,
                ConnectionState.CONNECTED,
                ConnectionState.CONNECTING,
                ConnectionState.CONNECTED)) {
            connection.now(state);
        }
        assertThat(heard.changes)
                .extracting(change -> change.to() + " " + change.reconnected())
                .containsExactly(
                        "CONNECTING false",
                        "BACKING_OFF false",
                        "CONNECTED false",
                        "BLOCKED false",
                        "CONNECTED false",
                        "CONNECTING false",
                        "CONNECTED true");
        assertThat(heard.changes).extracting(ConnectionChange::from).startsWith(ConnectionState.NEW);
    }
}
