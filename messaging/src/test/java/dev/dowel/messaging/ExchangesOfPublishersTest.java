package dev.dowel.messaging;

import static dev.dowel.messaging.Eventually.eventuallyDespiteExceptions;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dowel.testservices.RabbitMq;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Exchanges of publishers are looked after while nobody publishes. */
class ExchangesOfPublishersTest {
    private final URI vhost = RabbitMq.shared().newVhost();
    private final List<Messaging> open = new ArrayList<>();
    private PlainClient plain;

    @BeforeEach
    void connect() throws Exception {
        plain = new PlainClient(vhost);
    }

    @AfterEach
    void close() {
        plain.close();
        open.forEach(Messaging::close);
    }

    @Test
    void what_an_operator_creates_is_noticed_without_a_publication_or_a_new_connection() throws Exception {
        Messaging messaging = messaging(TopologyMode.VERIFY);
        Publisher unused = messaging.publisher("events");
        eventuallyDespiteExceptions(() -> assertThat(messaging.health().topologyProblems())
                .hasEntrySatisfying(
                        "exchange events", reason -> assertThat(reason).contains("NOT_FOUND")));
        assertThat(messaging.health().healthy()).isFalse();

        plain.channel().exchangeDeclare("events", "topic", true);

        eventuallyDespiteExceptions(
                () -> assertThat(messaging.health().healthy()).isTrue());
    }

    @Test
    void a_publisher_that_is_made_after_connecting_has_its_exchange_before_it_publishes() {
        Messaging messaging = messaging(TopologyMode.DECLARE);
        Publisher unused = messaging.publisher("events");

        eventuallyDespiteExceptions(() -> {
            try (PlainClient other = new PlainClient(vhost)) {
                other.channel().exchangeDeclarePassive("events");
            }
        });
    }

    private Messaging messaging(TopologyMode mode) {
        Messaging messaging = Messaging.builder()
                .uri(vhost.toString())
                .connectionName("exchanges")
                .topology(mode)
                .build();
        open.add(messaging);
        messaging.start();
        eventuallyDespiteExceptions(
                () -> assertThat(messaging.health().healthy()).isTrue());
        return messaging;
    }
}
