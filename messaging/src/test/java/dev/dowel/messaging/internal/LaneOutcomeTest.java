package dev.dowel.messaging.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import dev.dowel.messaging.ConnectionState;
import dev.dowel.messaging.PublishException;
import dev.dowel.messaging.PublishException.Kind;
import dev.dowel.messaging.TopologyMode;
import dev.dowel.testservices.RabbitMq;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whatever goes wrong inside, each publication has an outcome and gives its place in the window back. */
class LaneOutcomeTest {
    private static final String QUEUE = "outcomes";

    private ScriptedConnection scripted;
    private Connection real;

    @BeforeEach
    void connect() throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(RabbitMq.shared().newVhost());
        real = factory.newConnection();
        real.createChannel().queueDeclare(QUEUE, true, false, false, null);
        scripted = new ScriptedConnection(real);
    }

    @AfterEach
    void disconnect() {
        real.abort();
    }

    @Test
    void a_hand_over_that_is_rejected_fails_all_that_were_left_to_it() {
        AtomicInteger calls = new AtomicInteger();
        Publication first = publication();
        Publication other = publication();
        Lane[] lane = new Lane[1];
        lane[0] = lane(task -> {
            if (calls.incrementAndGet() == 1) {
                // Somebody else publishes in between, and leaves it to the hand-over that is being rejected.
                sendLater(lane[0], other);
            }
            throw new RejectedExecutionException("closed");
        });

        sendLater(lane[0], first);

        assertThat(kind(first)).isEqualTo(Kind.NOT_CONNECTED);
        assertThat(kind(other)).isEqualTo(Kind.NOT_CONNECTED);
        assertThat(lane[0].room()).isEqualTo(Lane.WINDOW);
    }

    @Test
    void an_error_while_a_message_is_written_leaves_its_outcome_unknown_and_the_next_one_is_sent() {
        Lane lane = lane(LaneOutcomeTest::onOwnThread);
        assertThat(publish(lane).outcome()).succeedsWithin(Duration.ofSeconds(10));
        scripted.failOnce("basicPublish", new StackOverflowError());

        Publication broken = publish(lane);

        assertThat(kind(broken)).isEqualTo(Kind.CONNECTION_LOST);
        assertThat(publish(lane).outcome()).succeedsWithin(Duration.ofSeconds(10));
        assertThat(lane.room()).isEqualTo(Lane.WINDOW);
    }

    @Test
    void an_error_before_a_message_is_written_fails_it_alone() {
        Lane lane = lane(LaneOutcomeTest::onOwnThread);
        assertThat(publish(lane).outcome()).succeedsWithin(Duration.ofSeconds(10));
        scripted.failOnce("getNextPublishSeqNo", new StackOverflowError());

        assertThat(kind(publish(lane))).isEqualTo(Kind.REFUSED);

        assertThat(publish(lane).outcome()).succeedsWithin(Duration.ofSeconds(10));
        assertThat(lane.room()).isEqualTo(Lane.WINDOW);
    }

    @Test
    void an_error_while_a_channel_is_opened_fails_the_message_and_the_next_one_is_sent() {
        Lane lane = lane(LaneOutcomeTest::onOwnThread);
        scripted.failOnce("addConfirmListener", new StackOverflowError());

        assertThat(kind(publish(lane))).isEqualTo(Kind.NOT_CONNECTED);

        assertThat(publish(lane).outcome()).succeedsWithin(Duration.ofSeconds(10));
        assertThat(lane.room()).isEqualTo(Lane.WINDOW);
    }

    @Test
    void a_channel_without_confirms_is_closed() {
        Lane lane = lane(LaneOutcomeTest::onOwnThread);
        scripted.failOnce("confirmSelect", new IOException("no answer"));

        assertThat(kind(publish(lane))).isEqualTo(Kind.NOT_CONNECTED);

        assertThat(scripted.channels()).hasSize(1);
        await().atMost(Duration.ofSeconds(10))
                .until(() -> !scripted.channels().get(0).isOpen());
        assertThat(publish(lane).outcome()).succeedsWithin(Duration.ofSeconds(10));
    }

    private Lane lane(Executor executor) {
        PublishGate gate = new PublishGate();
        gate.watch(() -> ConnectionState.CONNECTED, () -> Optional.of(scripted.connection()));
        return new Lane(
                gate,
                Duration.ofSeconds(10),
                () -> {},
                executor,
                new Exchanges(TopologyMode.DECLARE, new TopologyProblems(Events.NONE)),
                new Suspects());
    }

    private static Publication publication() {
        return new Publication("", QUEUE, true, new AMQP.BasicProperties(), new byte[] {1});
    }

    private static Publication publish(Lane lane) {
        Publication one = publication();
        CompletableFuture<Void> unused =
                lane.publish(one, System.nanoTime() + Duration.ofSeconds(10).toNanos());
        return one;
    }

    private void sendLater(Lane lane, Publication one) {
        one.via(scripted.connection());
        assertThat(lane.tryReserve(List.of(one))).isTrue();
        lane.sendLater(one);
    }

    private static Kind kind(Publication failed) {
        CompletableFuture<Kind> kind = failed.outcome().handle((done, e) -> ((PublishException) e).kind());
        assertThat(kind).succeedsWithin(Duration.ofSeconds(10));
        return kind.join();
    }

    private static void onOwnThread(Runnable task) {
        new Thread(task).start();
    }
}
