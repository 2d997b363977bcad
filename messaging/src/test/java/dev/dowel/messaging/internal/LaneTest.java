package dev.dowel.messaging.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import dev.dowel.messaging.ConnectionState;
import dev.dowel.messaging.PublishException;
import dev.dowel.messaging.TopologyMode;
import dev.dowel.testservices.RabbitMq;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When a lane runs out of patience. The tests say when it looks at the clock. */
class LaneTest {
    private static final String QUEUE = "slow";
    private static final String QUICK = "quick";
    private static RabbitMq broker;

    private final AtomicReference<ConnectionState> state = new AtomicReference<>(ConnectionState.CONNECTED);
    private final PublishGate gate = new PublishGate();
    private final AtomicInteger cuts = new AtomicInteger();
    private Connection connection;
    private String vhost;

    @BeforeAll
    static void startBroker() {
        broker = RabbitMq.start();
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @BeforeEach
    void connect() throws Exception {
        URI uri = broker.newVhost();
        vhost = uri.getPath().substring(1);
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(uri);
        connection = factory.newConnection();
        connection.createChannel().queueDeclare(QUEUE, true, false, false, null);
        gate.watch(state::get, () -> Optional.of(connection));
    }

    @AfterEach
    void disconnect() {
        connection.abort();
    }

    @Test
    void the_wait_for_a_confirm_begins_when_the_message_is_sent_and_not_when_it_waits_for_a_connection() {
        Lane lane = lane(Duration.ofSeconds(4));
        assertThat(publish(lane)).succeedsWithin(Duration.ofSeconds(4));
        suspendQueue("suspend");
        state.set(ConnectionState.CONNECTING);
        long begin = System.nanoTime();
        AtomicReference<CompletableFuture<Void>> sending = new AtomicReference<>();
        onOwnThread(() -> sending.set(publish(lane)));
        await().until(() -> System.nanoTime() - begin > TimeUnit.SECONDS.toNanos(3));
        state.set(ConnectionState.CONNECTED);
        gate.changed();
        CompletableFuture<Void> sent = await().until(sending::get, Objects::nonNull);
        await().until(() -> System.nanoTime() - begin > TimeUnit.SECONDS.toNanos(4));

        lane.expire();

        assertThat(sent).isNotDone();
        suspendQueue("resume");
        assertThat(sent).succeedsWithin(Duration.ofSeconds(10));
    }

    @Test
    void a_queue_that_does_not_answer_costs_messages_to_other_queues_nothing() throws Exception {
        connection.createChannel().queueDeclare(QUICK, true, false, false, null);
        Lane lane = lane(Duration.ofSeconds(4));
        suspendQueue("suspend");
        long begin = System.nanoTime();
        List<CompletableFuture<Void>> stuck = List.of(publish(lane), publish(lane));
        assertThat(publish(lane, QUICK)).succeedsWithin(Duration.ofSeconds(4));
        queueProcess(QUICK, "suspend");
        await().until(() -> System.nanoTime() - begin > TimeUnit.SECONDS.toNanos(5));
        CompletableFuture<Void> other = publish(lane, QUICK);

        lane.expire();

        assertThat(stuck).allSatisfy(one -> assertThat(kind(one)).isEqualTo(PublishException.Kind.TIMEOUT));
        assertThat(other).isNotDone();
        queueProcess(QUICK, "resume");
        assertThat(other).succeedsWithin(Duration.ofSeconds(10));
        // The late confirms meet nobody.
        suspendQueue("resume");
        assertThat(publish(lane)).succeedsWithin(Duration.ofSeconds(10));
    }

    @Test
    void a_channel_on_which_no_confirm_comes_at_all_is_replaced() throws Exception {
        connection.createChannel().queueDeclare(QUICK, true, false, false, null);
        Lane lane = lane(Duration.ofSeconds(1));
        assertThat(publish(lane)).succeedsWithin(Duration.ofSeconds(4));
        suspendQueue("suspend");
        queueProcess(QUICK, "suspend");
        long begin = System.nanoTime();
        CompletableFuture<Void> late = publish(lane);
        await().until(() -> System.nanoTime() - begin > TimeUnit.MILLISECONDS.toNanos(1_500));
        CompletableFuture<Void> neighbour = publish(lane, QUICK);

        lane.expire();

        assertThat(kind(late)).isEqualTo(PublishException.Kind.TIMEOUT);
        assertThat(kind(neighbour)).isEqualTo(PublishException.Kind.CONNECTION_LOST);
    }

    private static PublishException.Kind kind(CompletableFuture<Void> failed) {
        assertThat(failed).isCompletedExceptionally();
        return ((PublishException) failed.handle((done, e) -> e).join()).kind();
    }

    @Test
    void opening_a_channel_and_declaring_is_no_hung_write_however_short_the_timeout() {
        AtomicBoolean stop = new AtomicBoolean();
        AtomicReference<Lane> lane = new AtomicReference<>(lane(Duration.ofMillis(1)));
        Thread looking = new Thread(() -> {
            while (!stop.get()) {
                lane.get().expire();
                Thread.onSpinWait();
            }
        });
        looking.start();
        for (int i = 0; i < 5; i++) {
            lane.set(lane(Duration.ofMillis(1)));
            assertThat(lane.get()
                            .publish("events" + i, "key", false, new AMQP.BasicProperties(), new byte[0])
                            .handle((done, e) -> true))
                    .succeedsWithin(Duration.ofSeconds(10));
        }
        stop.set(true);

        assertThat(cuts).hasValue(0);
    }

    private Lane lane(Duration timeout) {
        return new Lane(
                gate,
                timeout,
                cuts::incrementAndGet,
                LaneTest::onOwnThread,
                new Exchanges(TopologyMode.DECLARE, new TopologyProblems(Events.NONE)),
                new Suspects());
    }

    private static CompletableFuture<Void> publish(Lane lane) {
        return publish(lane, QUEUE);
    }

    private static CompletableFuture<Void> publish(Lane lane, String queue) {
        AMQP.BasicProperties persistent =
                new AMQP.BasicProperties.Builder().deliveryMode(2).build();
        return lane.publish("", queue, true, persistent, new byte[] {1});
    }

    /** While the queue's process stands still nothing is confirmed. */
    private void suspendQueue(String what) {
        queueProcess(QUEUE, what);
    }

    private void queueProcess(String queue, String what) {
        broker.ctl(
                "eval",
                "{ok, Q} = rabbit_amqqueue:lookup(rabbit_misc:r(<<\"" + vhost + "\">>, queue, <<\"" + queue
                        + "\">>)), sys:" + what + "(amqqueue:get_pid(Q)).");
    }

    private static void onOwnThread(Runnable task) {
        new Thread(task).start();
    }
}
