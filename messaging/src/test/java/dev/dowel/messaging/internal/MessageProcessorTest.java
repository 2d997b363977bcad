package dev.dowel.messaging.internal;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Envelope;
import dev.dowel.messaging.TopologyMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a thread brings along from elsewhere does not harm the message that it handles. */
class MessageProcessorTest {
    private final SubscriptionPlan plan = TestSubscription.plan(1);
    private final List<Boolean> interrupted = new ArrayList<>();
    private final MessageProcessor processor = TestSubscription.processor(
            plan,
            () -> interrupted.add(Thread.currentThread().isInterrupted()),
            Events.NONE,
            new Exchanges(TopologyMode.NONE, new TopologyProblems(Events.NONE)));

    @AfterEach
    void forgetInterrupt() {
        boolean unused = Thread.interrupted();
    }

    @Test
    void an_interrupt_that_comes_after_one_handler_never_hits_the_next() {
        Thread.currentThread().interrupt();

        assertThat(processor.process(delivery(), holder())).isEqualTo(MessageProcessor.Verdict.ACK);

        assertThat(interrupted).containsExactly(false);
    }

    private static RabbitDelivery delivery() {
        return new RabbitDelivery(
                new Envelope(1, false, "events", "user.deleted.1.0.0"), new AMQP.BasicProperties(), new byte[] {'1'});
    }

    private MessageProcessor.Holder holder() {
        HandlingWatch watch = new HandlingWatch(plan.queue(), plan.maxHandlingTime(), processor.events());
        return new MessageProcessor.Holder() {
            @Override
            public HandlingWatch watch() {
                return watch;
            }

            @Override
            public boolean keep(Duration time) {
                return false;
            }

            @Override
            public void missed(String queue) {
                throw new AssertionError(queue);
            }
        };
    }
}
