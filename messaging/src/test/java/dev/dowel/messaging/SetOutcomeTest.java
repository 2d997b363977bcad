package dev.dowel.messaging;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dowel.messaging.PublishException.Kind;
import dev.dowel.testservices.RabbitMq;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What is told of a set of which only a part was confirmed. The broker is the test's own. */
class SetOutcomeTest {
    private static final EventType<Integer> NOBODYS = EventType.of("user.deleted", "1.0.0", Integer.class);
    private static final EventType<Integer> QUICK = EventType.of("user.deleted", "2.0.0", Integer.class);
    private static final EventType<Integer> STALLED = EventType.of("user.deleted", "3.0.0", Integer.class);

    @Test
    void an_unknown_outcome_is_told_before_others_which_are_suppressed_with_how_many_were_confirmed() throws Exception {
        try (RabbitMq broker = RabbitMq.start()) {
            URI vhost = broker.newVhost();
            try (PlainClient plain = new PlainClient(vhost);
                    Messaging messaging = Messaging.builder()
                            .uri(vhost.toString())
                            .connectionName("set")
                            .build()) {
                plain.channel().exchangeDeclare("events", "topic", true);
                for (EventType<Integer> type : List.of(QUICK, STALLED)) {
                    plain.channel().queueDeclare(type.routingKey(), true, false, false, Map.of());
                    plain.channel().queueBind(type.routingKey(), "events", type.routingKey());
                }
                messaging.start();
                assertThat(messaging.awaitConnected(Duration.ofSeconds(20))).isTrue();
                Publisher publisher = messaging.publisher("events");
                publisher.publishAndWait(Message.of(QUICK, 0));
                try (StalledQueue stalled = new StalledQueue(broker, vhost, STALLED.routingKey())) {
                    CompletableFuture<Receipt> sent = publisher
                            .publish(MessageSet.create()
                                    .add(NOBODYS, 1)
                                    .add(QUICK, 2)
                                    .add(STALLED, 3))
                            .toCompletableFuture();
                    // An answer to a later message: those to the first two have come.
                    publisher.publishAndWait(Message.of(QUICK, 4));
                    broker.ctl("close_all_connections", "-p", vhost.getPath().substring(1), "test");

                    assertThat(sent)
                            .failsWithin(Duration.ofSeconds(20))
                            .withThrowableThat()
                            .havingCause()
                            .isInstanceOfSatisfying(PublishException.class, e -> {
                                assertThat(e.kind()).isEqualTo(Kind.CONNECTION_LOST);
                                assertThat(e)
                                        .hasMessageContaining(STALLED.routingKey())
                                        .hasMessageContaining(
                                                "of the 3 messages of its set 1 were confirmed, 1 have an unknown outcome");
                                assertThat(e.getSuppressed())
                                        .singleElement()
                                        .isInstanceOfSatisfying(
                                                PublishException.class,
                                                other ->
                                                        assertThat(other.kind()).isEqualTo(Kind.UNROUTABLE));
                            });
                    stalled.resume();
                }
            }
        }
    }
}
