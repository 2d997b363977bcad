package dev.dowel.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dowel.messaging.PublishException.Kind;
import dev.dowel.testservices.RabbitMq;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A broker that takes its time to open a channel or to declare an exchange. */
class SlowBrokerTest {
    private static final EventType<Integer> TYPE = EventType.of("user.deleted", "1.0.0", Integer.class);

    private final URI vhost = RabbitMq.shared().newVhost();
    private final RecordingListener heard = new RecordingListener();
    private WithholdingProxy proxy;
    private Messaging messaging;

    @BeforeEach
    void connect() throws Exception {
        proxy = new WithholdingProxy(vhost);
        messaging = Messaging.builder()
                .uri(proxy.uri().toString())
                .connectionName("slow")
                .publishTimeout(Duration.ofMillis(200))
                .listener(heard)
                .build();
        messaging.start();
        await().atMost(Duration.ofSeconds(20)).until(() -> messaging.health().healthy());
    }

    @AfterEach
    void close() throws Exception {
        proxy.close();
        messaging.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void who_publishes_waits_for_its_timeout_at_most_and_the_connection_lives_on(boolean channelIsOpen) {
        if (channelIsOpen) {
            await().atMost(Duration.ofSeconds(20))
                    .ignoreExceptions()
                    .untilAsserted(() -> messaging
                            .publisher("other")
                            .publishAndWait(Message.of(TYPE, 0).requireRoute(RouteRequirement.NONE)));
        }
        proxy.withhold(true);

        List<CompletableFuture<Kind>> waiting = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            waiting.add(CompletableFuture.supplyAsync(this::kindOfFailure, task -> new Thread(task).start()));
        }

        // Sooner than the broker is given up.
        assertThat(waiting)
                .allSatisfy(one ->
                        assertThat(one).succeedsWithin(Duration.ofSeconds(8)).isEqualTo(Kind.BLOCKED));
        await().pollDelay(Duration.ofSeconds(3)).until(() -> true);
        proxy.withhold(false);
        await().atMost(Duration.ofSeconds(20)).ignoreExceptions().untilAsserted(this::publish);
        assertThat(heard.states(MessagingListener.Connection.PUBLISHING))
                .containsExactly(ConnectionState.CONNECTING, ConnectionState.CONNECTED);
    }

    private Kind kindOfFailure() {
        try {
            publish();
            throw new AssertionError("It was confirmed");
        } catch (PublishException e) {
            return e.kind();
        }
    }

    private void publish() {
        messaging.publisher("events").publishAndWait(Message.of(TYPE, 1).requireRoute(RouteRequirement.NONE));
    }
}
