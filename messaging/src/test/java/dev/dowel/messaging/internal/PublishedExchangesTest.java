package dev.dowel.messaging.internal;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import dev.dowel.messaging.TopologyMode;
import dev.dowel.testservices.RabbitMq;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How often the broker is asked for a publisher's exchange that it does not have. */
class PublishedExchangesTest {
    private final AtomicLong clock = new AtomicLong();
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
    void the_pauses_between_two_looks_grow_to_thirty_seconds_and_end_once_it_is_there() throws Exception {
        TopologyProblems problems = new TopologyProblems(Events.NONE);
        PublishedExchanges wanted = new PublishedExchanges(
                new Exchanges(TopologyMode.VERIFY, problems, clock::get),
                problems,
                () -> Optional.of(scripted.connection()),
                Runnable::run,
                clock::get);
        wanted.add("events");

        assertThat(secondsOfLooks(wanted, 120)).containsExactly(1, 3, 7, 15, 31, 61, 91);

        real.createChannel().exchangeDeclare("events", "topic", true);
        assertThat(secondsOfLooks(wanted, 120)).containsExactly(1);
        wanted.connected();
        assertThat(secondsOfLooks(wanted, 120)).isEmpty();
        assertThat(scripted.channels()).hasSize(10);
    }

    /** Lets time go by, and returns the seconds after which the broker was asked. */
    private List<Integer> secondsOfLooks(PublishedExchanges wanted, int seconds) {
        List<Integer> looks = new ArrayList<>();
        for (int second = 1; second <= seconds; second++) {
            clock.addAndGet(Duration.ofSeconds(1).toNanos());
            int before = scripted.channels().size();
            wanted.check();
            if (scripted.channels().size() > before) {
                looks.add(second);
            }
        }
        return looks;
    }
}
