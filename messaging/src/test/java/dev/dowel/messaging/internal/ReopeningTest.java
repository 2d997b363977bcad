package dev.dowel.messaging.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import dev.dowel.messaging.MessagingListener;
import dev.dowel.testservices.RabbitMq;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Consumers that end come back by themselves, with growing pauses if that is no use. */
class ReopeningTest {
    private static final String QUEUE = TestSubscription.QUEUE;

    private final List<Long> pauses = new CopyOnWriteArrayList<>();
    private final BackOff backOff = new BackOff(longest -> {
        pauses.add(longest);
        return 0;
    });
    private Connection connection;

    @BeforeEach
    void connect() throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(RabbitMq.shared().newVhost());
        factory.setAutomaticRecoveryEnabled(false);
        connection = factory.newConnection();
    }

    @AfterEach
    void disconnect() {
        connection.abort(5_000);
    }

    @Test
    void consumers_that_die_young_again_and_again_are_reopened_with_growing_pauses() throws Exception {
        Events deadly = new Events(List.of(new MessagingListener() {
            @Override
            public void consumed(Consumed event) {
                throw new InternalError("on purpose: it closes the channel");
            }
        }));
        RabbitSubscription subscription =
                TestSubscription.of(1, () -> Optional.of(connection), () -> {}, deadly, backOff);
        subscription.start();
        assertThat(subscription.awaitActive(Duration.ofSeconds(30))).isTrue();
        assertThat(pauses).isEmpty();

        try (Channel channel = connection.createChannel()) {
            channel.basicPublish("", QUEUE, null, new byte[] {'1'});
        }

        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(pauses).startsWith(200L, 400L, 800L, 1_600L));
        subscription.stop(Duration.ofSeconds(10));
    }

    @Test
    void an_error_while_consumers_are_opened_does_not_end_the_supervision() {
        AtomicInteger channels = new AtomicInteger();
        Connection broken = failing(channels);
        RabbitSubscription subscription =
                TestSubscription.of(1, () -> Optional.of(broken), () -> {}, Events.NONE, backOff);

        subscription.start();

        assertThat(subscription.awaitActive(Duration.ofSeconds(30))).isTrue();
        assertThat(pauses).containsExactly(200L, 400L);
        assertThat(subscription.lastError()).isEmpty();
        subscription.stop(Duration.ofSeconds(10));
    }

    @Test
    void who_waits_for_a_subscription_hears_when_it_is_stopped_and_when_time_is_out() {
        RabbitSubscription subscription = TestSubscription.of(1, Optional::empty, () -> {}, Events.NONE, backOff);
        subscription.start();
        assertThat(subscription.awaitActive(Duration.ofMillis(50))).isFalse();
        CompletableFuture<Boolean> waiting = CompletableFuture.supplyAsync(
                () -> subscription.awaitActive(Duration.ofMinutes(5)), TestSubscription::onOwnThread);

        subscription.stop(Duration.ofSeconds(10));

        assertThat(waiting).succeedsWithin(Duration.ofSeconds(20)).isEqualTo(false);
    }

    /** A connection on which the first two channels cannot be opened for lack of a class. */
    private Connection failing(AtomicInteger channels) {
        return (Connection) Proxy.newProxyInstance(
                ReopeningTest.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    if (method.getName().endsWith("hannel") && channels.incrementAndGet() <= 2) {
                        throw new NoClassDefFoundError("on purpose");
                    }
                    try {
                        return method.invoke(connection, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
