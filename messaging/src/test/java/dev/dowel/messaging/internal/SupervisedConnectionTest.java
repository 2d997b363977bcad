package dev.dowel.messaging.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.ConnectionFactory;
import dev.dowel.messaging.ConnectionState;
import dev.dowel.messaging.TcpProxy;
import dev.dowel.testservices.RabbitMq;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SupervisedConnectionTest {
    private final List<SupervisedConnection> open = new ArrayList<>();

    @AfterEach
    void close() {
        open.forEach(SupervisedConnection::close);
    }

    @Test
    void once_start_has_returned_nobody_is_told_to_call_start_first() {
        List<ConnectionState> seen = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            try (SupervisedConnection connection =
                    connection(new ConnectionFactory(), "amqp://u:p@127.0.0.1:1", new BackOff(), state -> {})) {
                connection.start();
                seen.add(connection.state());
            }
        }
        assertThat(seen).doesNotContain(ConnectionState.NEW);
    }

    @Test
    void an_error_while_connecting_is_a_failed_attempt_as_any_other() {
        AtomicBoolean thrown = new AtomicBoolean();
        ConnectionFactory factory = factory();
        factory.setSocketConfigurator(socket -> {
            if (thrown.compareAndSet(false, true)) {
                throw new StackOverflowError("on purpose");
            }
        });
        SupervisedConnection connection =
                connection(factory, RabbitMq.shared().newVhost().toString(), new BackOff(), state -> {});

        connection.start();

        await().atMost(Duration.ofSeconds(20)).until(() -> connection.state() == ConnectionState.CONNECTED);
        assertThat(thrown).isTrue();
    }

    @Test
    void an_error_of_who_is_told_of_a_change_ends_neither_the_connection_nor_its_supervision() throws Exception {
        SupervisedConnection connection =
                connection(factory(), RabbitMq.shared().newVhost().toString(), new BackOff(), state -> {
                    throw new StackOverflowError("on purpose");
                });

        connection.start();
        await().atMost(Duration.ofSeconds(20)).until(() -> connection.state() == ConnectionState.CONNECTED);
        com.rabbitmq.client.Connection first = connection.current().orElseThrow();
        first.abort();

        await().atMost(Duration.ofSeconds(20))
                .until(() -> connection.current().filter(now -> now != first).isPresent());
    }

    @Test
    void a_broker_that_hangs_up_during_the_login_is_tried_again_at_the_usual_pace_and_slowly_only_when_it_goes_on()
            throws Exception {
        URI broker = RabbitMq.shared().newVhost();
        List<Long> bounds = new CopyOnWriteArrayList<>();
        BackOff recorded = new BackOff(bound -> {
            bounds.add(bound);
            return 0;
        });
        try (ServerSocket hangingUp = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            new Thread(() -> hangUpAfterTheGreeting(hangingUp, broker.getPort())).start();
            SupervisedConnection connection = connection(
                    factory(),
                    broker.toString().replace(":" + broker.getPort(), ":" + hangingUp.getLocalPort()),
                    recorded,
                    state -> {});
            connection.start();

            await().atMost(Duration.ofSeconds(40)).until(() -> bounds.size() >= 6);

            assertThat(connection.lastError()).contains("check user, password and vhost");
            assertThat(bounds.subList(0, 6)).containsExactly(200L, 400L, 800L, 1_600L, 3_200L, 5_000L);
        }
    }

    @Test
    void closing_has_one_deadline_for_a_broker_that_does_not_answer_and_a_thread_that_does_not_end() throws Exception {
        CountDownLatch goOn = new CountDownLatch(1);
        AtomicBoolean connected = new AtomicBoolean();
        URI broker = RabbitMq.shared().newVhost();
        try (TcpProxy proxy = TcpProxy.to(broker.getPort())) {
            String uri = broker.toString().replace(":" + broker.getPort(), ":" + proxy.port());
            SupervisedConnection connection = connection(factory(), uri, new BackOff(), state -> {
                if (state == ConnectionState.CLOSED) {
                    awaitUninterruptibly(goOn);
                }
                connected.set(state == ConnectionState.CONNECTED);
            });
            connection.start();
            await().atMost(Duration.ofSeconds(20)).untilTrue(connected);
            proxy.swallowToClient();

            CompletableFuture<Void> closing =
                    CompletableFuture.runAsync(connection::close, task -> new Thread(task).start());

            assertThat(closing).succeedsWithin(Duration.ofSeconds(7));
        } finally {
            goOn.countDown();
        }
    }

    /** Passes the broker's greeting on and closes the connection as soon as the client has answered. */
    private static void hangUpAfterTheGreeting(ServerSocket server, int brokersPort) {
        while (!server.isClosed()) {
            try (Socket client = server.accept();
                    Socket broker = new Socket(InetAddress.getLoopbackAddress(), brokersPort)) {
                broker.getOutputStream().write(client.getInputStream().readNBytes(8));
                byte[] greeting = new byte[8_192];
                int length = broker.getInputStream().read(greeting);
                client.getOutputStream().write(greeting, 0, length);
                int unused = client.getInputStream().read();
                // Else what the client has said and nobody has read makes it a reset.
                client.shutdownOutput();
                client.getInputStream().skip(client.getInputStream().available());
            } catch (IOException e) {
                // The test is over, or the client has gone.
            }
        }
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        boolean interrupted = false;
        while (latch.getCount() > 0) {
            try {
                latch.await();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static ConnectionFactory factory() {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setAutomaticRecoveryEnabled(false);
        return factory;
    }

    private SupervisedConnection connection(
            ConnectionFactory factory, String uri, BackOff backOff, Consumer<ConnectionState> onChange) {
        BrokerAddress address = BrokerAddress.parse(uri);
        address.configure(factory);
        SupervisedConnection connection =
                new SupervisedConnection("test", factory, ForkJoinPool.commonPool(), address, backOff, onChange);
        open.add(connection);
        return connection;
    }
}
