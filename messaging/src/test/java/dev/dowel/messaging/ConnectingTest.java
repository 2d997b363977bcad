package dev.dowel.messaging;

import static dev.dowel.messaging.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.dowel.testservices.RabbitMq;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Which address is taken, and what happens while none will do. The broker is the test's own. */
class ConnectingTest {
    private static final EventType<Long> DELETED = EventType.of("user.deleted", "1.0.0", Long.class);
    private static RabbitMq broker;

    private final List<AutoCloseable> open = new ArrayList<>();
    private URI vhost;
    private String path;

    @BeforeAll
    static void startBroker() {
        broker = RabbitMq.start();
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @BeforeEach
    void newVhost() {
        vhost = broker.newVhost();
        path = vhost.getPath();
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : open) {
            one.close();
        }
    }

    @Test
    void of_several_addresses_the_live_one_is_found_past_closed_ports_and_black_holes() throws Exception {
        // Accepts connections and never says a word.
        ServerSocket blackHole = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        open.add(blackHole);
        String hosts = "127.0.0.1:" + closedPort() + ",127.0.0.1:" + blackHole.getLocalPort() + ",no-such-host.invalid,"
                + "127.0.0.1:" + broker.uri().getPort();
        for (int i = 0; i < 4; i++) {
            Messaging messaging = messaging("amqp://guest:guest@" + hosts + path);
            messaging.start();
            // Two connections, each of which may meet the black hole first and gives up on it after five seconds.
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(
                            () -> assertThat(messaging.health().healthy()).isTrue());
        }
    }

    @Test
    void the_order_of_the_addresses_differs_from_one_attempt_to_the_next() throws Exception {
        TcpProxy one = proxy(InetAddress.getLoopbackAddress());
        TcpProxy other = proxy(InetAddress.getLoopbackAddress());
        String uri = "amqp://guest:guest@127.0.0.1:" + one.port() + ",127.0.0.1:" + other.port() + path;
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            try (Messaging messaging = messaging(uri)) {
                messaging.start();
                // Both connections: an attempt that is cut short goes on to the next address.
                eventually(() -> assertThat(messaging.health().healthy()).isTrue());
            }
            return one.accepted() > 0 && other.accepted() > 0;
        });
    }

    @Test
    void an_ipv6_literal_is_an_address() throws Exception {
        InetAddress loopback = InetAddress.getAllByName("::1")[0];
        TcpProxy proxy;
        try {
            proxy = proxy(loopback);
        } catch (IOException e) {
            Assumptions.abort("This machine has no IPv6");
            return;
        }
        Messaging messaging = messaging("amqp://guest:guest@[::1]:" + proxy.port() + path);
        messaging.start();
        eventually(() -> assertThat(messaging.health().healthy()).isTrue());
    }

    @Test
    void a_wrong_password_is_an_error_in_the_log_once_and_when_it_is_mended_everything_comes() {
        broker.ctl("add_user", "svc", "old-canary");
        broker.ctl("set_permissions", "-p", path.substring(1), "svc", ".*", ".*", ".*");
        List<Long> handled = new CopyOnWriteArrayList<>();
        try (Logged logged = new Logged()) {
            Messaging messaging = messaging("amqp://svc:new-canary@127.0.0.1:" + vhost.getPort() + path);
            messaging.start();
            messaging
                    .subscribe("likes")
                    .bind("events", "user.deleted", VersionRange.parse("^1.0.0"))
                    .handler(Long.class, (body, delivery) -> handled.add(body));
            eventually(() -> assertThat(messaging.health().lastError())
                    .contains("ACCESS_REFUSED")
                    .contains("check user, password and vhost"));
            eventually(() -> assertThat(messaging.health().publishing()).isEqualTo(ConnectionState.BACKING_OFF));
            eventually(() -> assertThat(messaging.health().consuming()).isEqualTo(ConnectionState.BACKING_OFF));
            // The next attempt comes within ten seconds, and is no news.
            await().during(Duration.ofSeconds(11))
                    .atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(logged.errors())
                            .filteredOn(line -> line.contains("ACCESS_REFUSED"))
                            .hasSizeLessThanOrEqualTo(2));
            assertThat(logged.errors())
                    .filteredOn(line -> line.startsWith("connecting publisher:"))
                    .hasSize(1);
            assertThat(logged.all() + " " + messaging.health()).doesNotContain("canary");

            broker.ctl("change_password", "svc", "new-canary");
            eventually(() -> assertThat(messaging.health().healthy()).isTrue());
            assertThat(messaging.health().lastError()).isEmpty();
            messaging.publisher("events").publishAndWait(Message.of(DELETED, 1L));
            eventually(() -> assertThat(handled).containsExactly(1L));
        }
    }

    @Test
    void closing_does_not_wait_for_the_next_attempt() {
        Messaging messaging = messaging(broker.uri() + "/nowhere");
        messaging.start();
        eventually(() -> assertThat(messaging.health().state()).isEqualTo(ConnectionState.BACKING_OFF));
        CompletableFuture<Void> closing =
                CompletableFuture.runAsync(messaging::close, task -> new Thread(task).start());
        assertThat(closing).succeedsWithin(Duration.ofSeconds(4));
    }

    @Test
    void a_missing_vhost_is_told_and_when_it_is_there_it_is_taken() {
        try (Logged logged = new Logged()) {
            Messaging messaging = messaging(broker.uri() + "/later");
            messaging.start();
            eventually(() -> assertThat(messaging.health().lastError()).contains("vhost later"));
            eventually(() -> assertThat(logged.errors())
                    .filteredOn(line -> line.startsWith("connecting publisher:") && line.contains("vhost"))
                    .hasSize(1));

            broker.ctl("add_vhost", "later");
            broker.ctl("set_permissions", "-p", "later", "guest", ".*", ".*", ".*");
            eventually(() -> assertThat(messaging.health().healthy()).isTrue());
        }
    }

    @Test
    void tls_for_an_address_without_tls_is_refused() throws Exception {
        SSLContext context = SSLContext.getDefault();
        assertThatThrownBy(() -> Messaging.builder()
                        .uri("amqp://u:canary@h")
                        .tls(context)
                        .build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("amqps://")
                .hasMessageNotContaining("canary");
    }

    @Test
    void a_heartbeat_has_whole_seconds() {
        for (Duration wrong : List.of(Duration.ZERO, Duration.ofMillis(1_500), Duration.ofMinutes(6))) {
            assertThatThrownBy(() -> Messaging.builder().heartbeat(wrong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("heartbeat is 1 s to 5 minutes");
        }
    }

    private static int closedPort() throws IOException {
        try (ServerSocket once = new ServerSocket(0)) {
            return once.getLocalPort();
        }
    }

    private TcpProxy proxy(InetAddress at) throws IOException {
        TcpProxy proxy = TcpProxy.at(at, vhost.getPort());
        open.add(proxy);
        return proxy;
    }

    private Messaging messaging(String uri) {
        Messaging messaging =
                Messaging.builder().uri(uri).connectionName("connecting").build();
        open.add(messaging);
        return messaging;
    }

    /** What the module logs meanwhile. */
    private static final class Logged implements AutoCloseable {
        private final Logger logger = (Logger) LoggerFactory.getLogger(Messaging.class);
        private final ListAppender<ILoggingEvent> appender = new ListAppender<>();

        Logged() {
            appender.list = new CopyOnWriteArrayList<>();
            appender.start();
            logger.addAppender(appender);
        }

        List<String> all() {
            return appender.list.stream()
                    .map(ILoggingEvent::getFormattedMessage)
                    .toList();
        }

        List<String> errors() {
            return appender.list.stream()
                    .filter(event -> event.getLevel() == Level.ERROR)
                    .map(ILoggingEvent::getFormattedMessage)
                    .toList();
        }

        @Override
        public void close() {
            logger.detachAppender(appender);
        }
    }
}
