package dev.dowel.messaging;

import static dev.dowel.messaging.Eventually.eventuallyDespiteExceptions;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dowel.testservices.RabbitMq;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whom a connection over TLS trusts, and how it shows who it is. The brokers and the authorities are the test's own. */
class TlsTest {
    private static final EventType<Long> DELETED = EventType.of("user.deleted", "1.0.0", Long.class);

    @TempDir
    static Path folder;

    private static Certificates authority;
    private static Certificates stranger;
    private static RabbitMq open;
    private static RabbitMq strict;
    private static int openPort;
    private static int strictPort;

    private final List<Messaging> made = new ArrayList<>();

    @BeforeAll
    static void startBrokers() throws Exception {
        authority = Certificates.authority(folder, "authority");
        stranger = Certificates.authority(folder, "stranger");
        authority.issue("localhost", "san=dns:localhost");
        authority.issue("service", "eku=clientAuth");
        openPort = freePort();
        open = RabbitMq.start(listening(openPort, "verify_none", false));
        strictPort = freePort();
        strict = RabbitMq.start(listening(strictPort, "verify_peer", true));
    }

    private static List<String> listening(int port, String verify, boolean certificateNeeded) {
        return List.of(
                "listeners.ssl.1 = 127.0.0.1:" + port,
                "ssl_options.cacertfile = " + authority.file("authority.crt"),
                "ssl_options.certfile = " + authority.file("localhost.crt"),
                "ssl_options.keyfile = " + authority.file("localhost.key"),
                "ssl_options.verify = " + verify,
                "ssl_options.fail_if_no_peer_cert = " + certificateNeeded);
    }

    private static int freePort() throws IOException {
        try (ServerSocket once = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return once.getLocalPort();
        }
    }

    @AfterAll
    static void stopBrokers() {
        open.close();
        strict.close();
    }

    @AfterEach
    void close() {
        made.forEach(Messaging::close);
    }

    @Test
    void a_broker_with_a_certificate_of_the_trusted_authority_is_published_to_and_consumed_from() throws Exception {
        assertWorks(messaging("localhost", openPort, authority.trusting()));
    }

    @Test
    void a_broker_of_an_unknown_authority_is_refused_and_the_reason_told() throws Exception {
        assertRefused(messaging("localhost", openPort, stranger.trusting()), "PKIX", "trusted CA", "tls(SSLContext)");
    }

    @Test
    void without_a_context_the_authorities_of_the_jvm_are_trusted_and_no_others() {
        assertRefused(messaging("localhost", openPort, null), "PKIX", "trusted CA");
    }

    @Test
    void a_broker_whose_certificate_names_another_host_is_refused_and_the_reason_told() throws Exception {
        assertRefused(messaging("127.0.0.1", openPort, authority.trusting()), "127.0.0.1", "must name the host");
    }

    @Test
    void a_client_certificate_is_shown_to_a_broker_that_demands_one() throws Exception {
        assertWorks(messaging("localhost", strictPort, authority.showing("service")));
    }

    @Test
    void without_the_client_certificate_that_the_broker_demands_there_is_no_connection() throws Exception {
        assertRefused(messaging("localhost", strictPort, authority.trusting()), "client certificate");
    }

    @Test
    void closing_is_bounded_while_the_broker_takes_nothing_over_tls() throws Exception {
        Messaging messaging = messaging("localhost", openPort, authority.trusting());
        assertWorks(messaging);
        open.ctl("set_vm_memory_high_watermark", "absolute", "1MB");
        try {
            List<CompletableFuture<Receipt>> sent = new CopyOnWriteArrayList<>();
            Message<String> large =
                    Message.of(EventType.of("user.deleted", "1.0.0", String.class), "x".repeat(200_000));
            Thread publishing = new Thread(() -> {
                for (int i = 0; i < 100; i++) {
                    sent.add(messaging.publisher("events").publish(large).toCompletableFuture());
                }
            });
            publishing.start();
            eventuallyDespiteExceptions(
                    () -> assertThat(messaging.health().publishing()).isEqualTo(ConnectionState.BLOCKED));

            CompletableFuture<Void> closing =
                    CompletableFuture.runAsync(messaging::close, task -> new Thread(task).start());
            assertThat(closing).succeedsWithin(Duration.ofSeconds(25));
            eventuallyDespiteExceptions(() -> assertThat(publishing.isAlive()).isFalse());
            assertThat(sent).hasSize(100).allMatch(CompletableFuture::isDone);
        } finally {
            open.ctl("set_vm_memory_high_watermark", "0.4");
        }
    }

    @Test
    void a_write_over_tls_that_hangs_is_cut_and_another_connection_takes_its_place() throws Exception {
        // More than the buffers between both sides hold.
        Message<String> large =
                Message.of(EventType.of("user.deleted", "1.0.0", String.class), "x".repeat(15 * 1024 * 1024));
        try (TcpProxy proxy = TcpProxy.to(openPort)) {
            // So late that no heartbeat ends the write before.
            Messaging messaging = started(Messaging.builder()
                    .uri("amqps://guest:guest@localhost:" + proxy.port())
                    .tls(authority.trusting())
                    .heartbeat(Duration.ofMinutes(5))
                    .maxBodySize(16 * 1024 * 1024)
                    .publishTimeout(Duration.ofSeconds(2)));
            // To an exchange without queues: what is published here is not the other tests' affair.
            Publisher publisher = messaging.publisher("nobody-listens");
            Message<Long> small = Message.of(DELETED, 8L).requireRoute(RouteRequirement.NONE);
            eventuallyDespiteExceptions(() -> publisher.publishAndWait(small));
            proxy.takeNothingFromClient();

            CompletableFuture<Receipt> sent = CompletableFuture.supplyAsync(
                            () -> publisher.publish(large), task -> new Thread(task).start())
                    .thenCompose(stage -> stage);

            assertThat(sent.handle((receipt, e) -> e))
                    .succeedsWithin(Duration.ofSeconds(20))
                    .isNotNull();
            eventuallyDespiteExceptions(() -> publisher.publishAndWait(small));
        }
    }

    private void assertWorks(Messaging messaging) {
        List<Long> handled = new CopyOnWriteArrayList<>();
        Subscription subscription = messaging
                .subscribe("likes")
                .bind("events", "user.deleted", VersionRange.parse("^1.0.0"))
                .handler(Long.class, (body, delivery) -> handled.add(body));
        eventuallyDespiteExceptions(
                () -> assertThat(messaging.health().lastError()).isEmpty());
        eventuallyDespiteExceptions(() -> assertThat(subscription.active()).isTrue());
        messaging.publisher("events").publishAndWait(Message.of(DELETED, 7L));
        eventuallyDespiteExceptions(() -> assertThat(handled).containsExactly(7L));
    }

    private static void assertRefused(Messaging messaging, String... parts) {
        eventuallyDespiteExceptions(
                () -> assertThat(messaging.health().lastError()).contains(parts));
        assertThat(messaging.health().publishing()).isNotEqualTo(ConnectionState.CONNECTED);
        assertThat(messaging.awaitConnected(Duration.ofSeconds(1))).isFalse();
        assertThat(messaging.health().toString()).doesNotContain("canary", "guest");
    }

    private Messaging messaging(String host, int port, SSLContext context) {
        Messaging.Builder builder = Messaging.builder()
                .uri("amqps://guest:guest@" + host + ":" + port)
                .connectionName("tls");
        return started(context == null ? builder : builder.tls(context));
    }

    private Messaging started(Messaging.Builder builder) {
        Messaging messaging = builder.build();
        made.add(messaging);
        messaging.start();
        return messaging;
    }
}
