package dev.dowel.messaging.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import dev.dowel.messaging.TopologyMode;
import dev.dowel.testservices.RabbitMq;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How often the broker is asked for an exchange that it refuses. */
class ExchangesTest {
    private final AtomicLong clock = new AtomicLong();
    private final Exchanges exchanges =
            new Exchanges(TopologyMode.VERIFY, new TopologyProblems(Events.NONE), clock::get);
    private ScriptedConnection scripted;
    private Connection real;

    @BeforeEach
    void connect() throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(RabbitMq.shared().newVhost());
        real = factory.newConnection();
        scripted = new ScriptedConnection(real);
    }

    @AfterEach
    void disconnect() {
        real.abort();
    }

    @Test
    void a_refusal_is_repeated_for_two_seconds_without_asking_the_broker() throws Exception {
        assertRefused();
        assertThat(scripted.channels()).hasSize(1);
        real.createChannel().exchangeDeclare("events", "topic", true);

        clock.addAndGet(Duration.ofSeconds(2).toNanos() - 1);
        assertRefused();
        assertThat(scripted.channels()).hasSize(1);

        clock.addAndGet(1);
        exchanges.ensureUnlessJustRefused(scripted.connection(), "events");
        assertThat(scripted.channels()).hasSize(2);
    }

    @Test
    void whoever_finds_it_there_ends_the_refusal_for_all() throws Exception {
        assertRefused();
        real.createChannel().exchangeDeclare("events", "topic", true);

        exchanges.ensure(scripted.connection(), "events");

        exchanges.ensureUnlessJustRefused(scripted.connection(), "events");
    }

    private void assertRefused() {
        assertThatThrownBy(() -> exchanges.ensureUnlessJustRefused(scripted.connection(), "events"))
                .isInstanceOfSatisfying(
                        IOException.class,
                        e -> assertThat(Exchanges.refusedByBroker(e)).isTrue());
    }
}
