package dev.dowel.messaging.management;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.sun.net.httpserver.HttpServer;
import dev.dowel.messaging.Contract;
import dev.dowel.messaging.EventType;
import dev.dowel.messaging.ManagedBroker;
import dev.dowel.messaging.Messaging;
import dev.dowel.messaging.MessagingException;
import dev.dowel.messaging.Subscription;
import dev.dowel.messaging.VersionRange;
import dev.dowel.testservices.RabbitMq;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BindingCheckTest {
    private record Deleted(long id) {}

    private static final EventType<Deleted> V1 = EventType.of("user.deleted", "1.4.0", Deleted.class);
    private static final EventType<Deleted> V2 = EventType.of("user.deleted", "2.0.0", Deleted.class);
    private static final String SECRET = "s3cret";
    private static ManagedBroker managed;

    private URI vhost;
    private Connection connection;
    private Channel channel;
    private BindingCheck check;

    @BeforeAll
    static void startBroker() {
        managed = new ManagedBroker();
    }

    @AfterAll
    static void stopBroker() {
        managed.close();
    }

    @BeforeEach
    void connect() throws Exception {
        vhost = managed.broker().newVhost();
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(vhost);
        connection = factory.newConnection();
        channel = connection.createChannel();
        channel.exchangeDeclare("events", "topic", true);
        check = managed.check(vhost).build();
    }

    @AfterEach
    void disconnect() throws Exception {
        connection.close();
    }

    @Test
    void lists_the_queues_an_event_would_reach_with_keys_and_consumers() throws Exception {
        queue("a", "events", "user.deleted.1.*.*", "user.#", "user.deleted.2.*.*");
        queue("b", "events", "user.deleted.2.*.*");
        queue("c d/e", "events", "*.deleted.1.4.0");
        queue("f", "events", "user.deleted.1.5.*");
        channel.basicConsume("a", false, (tag, message) -> {}, tag -> {});
        channel.basicConsume("a", false, (tag, message) -> {}, tag -> {});

        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(check.boundTo("events", V1))
                        .containsExactly(
                                new BoundQueue("a", 2, List.of("user.#", "user.deleted.1.*.*")),
                                new BoundQueue("c d/e", 0, List.of("*.deleted.1.4.0"))));
        assertThat(check.boundTo("events", V2)).extracting(BoundQueue::queue).containsExactly("a", "b");
        assertThat(check.boundTo("events", EventType.of("nobody.cares", "1.0.0", Deleted.class)))
                .isEmpty();
    }

    @Test
    void follows_bindings_to_other_exchanges_of_every_type_and_in_circles() throws Exception {
        channel.exchangeDeclare("all", "fanout", true);
        channel.exchangeDeclare("one", "direct", true);
        channel.exchangeDeclare("odd", "headers", true);
        channel.exchangeDeclare("apart", "fanout", true);
        channel.exchangeBind("all", "events", "user.deleted.1.*.*");
        channel.exchangeBind("one", "all", "");
        channel.exchangeBind("odd", "one", "user.deleted.1.4.0");
        channel.exchangeBind("events", "all", "");
        channel.exchangeBind("apart", "events", "user.renamed.#");
        queue("by-fanout", "all", "whatever");
        queue("by-direct", "one", "user.deleted.1.4.0");
        queue("not-by-direct", "one", "user.deleted.1.*.*");
        queue("by-headers", "odd", "");
        queue("not-reached", "apart", "");

        assertThat(check.boundTo("events", V1))
                .extracting(BoundQueue::queue)
                .containsExactly("by-direct", "by-fanout", "by-headers");
    }

    @Test
    void stale_bindings_are_listed_and_removed_only_when_asked() throws Exception {
        channel.exchangeDeclare("other events", "topic", true);
        queue("likes", "events", "user.deleted.1.*.*", "user.renamed.#");
        queue("likes", "other events", "user.deleted.2.*.*");
        queue("mails", "events", "user.deleted.1.*.*");
        try (Messaging messaging = Messaging.builder().uri(vhost.toString()).build()) {
            messaging.start();
            channel.queueDelete("likes");
            Subscription old = messaging
                    .subscribe("likes")
                    .bind("events", "user.deleted", VersionRange.parse("^1.0.0"))
                    .handler(Deleted.class, (body, delivery) -> {});
            await().atMost(Duration.ofSeconds(30)).until(old::active);
            old.close();
            channel.queueBind("likes", "events", "user.renamed.#");
            channel.queueBind("likes", "other events", "user.deleted.2.*.*", Map.of("x-note", "a/b"));
            Subscription subscription = messaging
                    .subscribe("likes")
                    .bind("events", "user.deleted", VersionRange.parse("^2.0.0"))
                    .handler(Deleted.class, (body, delivery) -> {});
            await().atMost(Duration.ofSeconds(30)).until(subscription::active);
            Contract.Consumed likes = messaging.contract().consumed().get(0);
            StaleBinding[] stale = {
                new StaleBinding("likes", "events", "user.deleted.1.*.*"),
                new StaleBinding("likes", "events", "user.renamed.#"),
                new StaleBinding("likes", "other events", "user.deleted.2.*.*")
            };

            assertThat(check.staleBindings(likes)).containsExactly(stale);
            assertThat(check.boundTo("events", V1))
                    .extracting(BoundQueue::queue)
                    .containsExactly("likes", "mails");
            assertThat(check.pruneBindings(likes)).containsExactly(stale);

            assertThat(check.staleBindings(likes)).isEmpty();
            assertThat(check.pruneBindings(likes)).isEmpty();
            assertThat(check.boundTo("events", V1))
                    .extracting(BoundQueue::queue)
                    .containsExactly("mails");
            assertThat(check.boundTo("events", V2))
                    .extracting(BoundQueue::queue)
                    .containsExactly("likes");
        }
    }

    @Test
    void an_exchange_that_does_not_exist_is_not_taken_for_one_without_queues() {
        assertThatThrownBy(() -> check.boundTo("event", V1))
                .isInstanceOf(MessagingException.class)
                .hasMessageStartingWith("There is no exchange event in vhost test-");
    }

    @Test
    void a_wrong_password_or_vhost_is_told_without_the_password() {
        BindingCheck wrong =
                BindingCheck.builder(managed.management(), "guest", SECRET).build();
        assertThatThrownBy(() -> wrong.boundTo("events", V1))
                .isInstanceOf(MessagingException.class)
                .hasMessageContaining("/api/exchanges/%2F was answered with status 401: check user and password")
                .hasStackTraceContaining("401")
                .satisfies(BindingCheckTest::keepsTheSecret);
        BindingCheck elsewhere = BindingCheck.builder(managed.management(), "guest", "guest")
                .vhost("nowhere")
                .build();
        assertThatThrownBy(() -> elsewhere.boundTo("events", V1)).hasMessageContaining("status 40");
    }

    @Test
    void a_plugin_that_is_away_or_silent_is_told() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            BindingCheck waiting = BindingCheck.builder(address(silent.getLocalPort()), "guest", SECRET)
                    .timeout(Duration.ofMillis(200))
                    .build();
            assertThatThrownBy(() -> waiting.boundTo("events", V1))
                    .hasMessageContaining("was not answered within PT0.2S")
                    .satisfies(BindingCheckTest::keepsTheSecret);
        }
        BindingCheck nobody = BindingCheck.builder(address(RabbitMq.freePort()), "guest", SECRET)
                .build();
        assertThatThrownBy(() -> nobody.boundTo("events", V1))
                .hasMessageContaining("check the address and that the management plugin is enabled")
                .satisfies(BindingCheckTest::keepsTheSecret);
    }

    @ParameterizedTest
    @ValueSource(strings = {"<html>" + SECRET, "{\"" + SECRET + "\":1}", "", "[" + SECRET})
    void an_answer_that_is_no_list_is_told_without_it(String answer) throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        byte[] body = answer.getBytes(StandardCharsets.UTF_8);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        try {
            BindingCheck odd = BindingCheck.builder(address(server.getAddress().getPort()), "guest", SECRET)
                    .build();
            assertThatThrownBy(() -> odd.boundTo("events", V1))
                    .isInstanceOf(MessagingException.class)
                    .hasMessageContaining("something else than a list")
                    .satisfies(BindingCheckTest::keepsTheSecret);
        } finally {
            server.stop(0);
        }
    }

    @Test
    void wrong_settings_are_refused_without_telling_secrets() {
        for (String address : List.of(
                "http://guest:" + SECRET + "@localhost:15672/",
                "amqp://localhost",
                "http:///",
                "http://localhost/?a=" + SECRET,
                "http://localhost/#" + SECRET)) {
            assertThatThrownBy(() -> BindingCheck.builder(URI.create(address), "guest", SECRET))
                    .isInstanceOf(IllegalArgumentException.class)
                    .satisfies(BindingCheckTest::keepsTheSecret);
        }
        URI good = URI.create("http://localhost:15672");
        assertThatThrownBy(() -> BindingCheck.builder(good, "a:" + SECRET, ""))
                .satisfies(BindingCheckTest::keepsTheSecret);
        BindingCheck.Builder builder = BindingCheck.builder(good, "guest", SECRET);
        assertThatThrownBy(() -> builder.vhost("")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.timeout(Duration.ZERO)).hasMessageContaining("timeout");
        assertThatThrownBy(() -> builder.timeout(Duration.ofMinutes(11))).hasMessageContaining("timeout");
    }

    private static URI address(int port) {
        return URI.create("http://127.0.0.1:" + port + "/");
    }

    private static void keepsTheSecret(Throwable e) {
        assertThat(e).satisfies(thrown -> {
            for (Throwable each = thrown; each != null; each = each.getCause()) {
                assertThat(each.toString()).doesNotContain(SECRET);
            }
        });
    }

    private void queue(String name, String exchange, String... keys) throws Exception {
        channel.queueDeclare(name, true, false, false, Map.of());
        for (String key : keys) {
            channel.queueBind(name, exchange, key);
        }
    }
}
