package com.example.orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.sun.net.httpserver.HttpServer;
import dev.dowel.authtoken.GeneratedToken;
import dev.dowel.authtoken.TokenGenerator;
import dev.dowel.messaging.Message;
import dev.dowel.messaging.Messaging;
import dev.dowel.messaging.outbox.Outbox;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** The wiring, over real HTTP and the RabbitMQ that {@code RABBITMQ_URI} names. */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class OrdersApplicationTest {
    private static final GeneratedToken TOKEN = TokenGenerator.generate("shop", "shp");
    private static final GeneratedToken ADMIN = TokenGenerator.generate("admin", "adm");
    private static final Queue<String> SEEN_BY_USERS = new ConcurrentLinkedQueue<>();
    private static final int CALLS = 500;
    private static final HttpServer USERS = users();
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @Autowired
    private Messaging messaging;

    @Autowired
    private Outbox outbox;

    @Autowired
    private OrderBook book;

    @Autowired
    private PlacedOrders placed;

    @Autowired
    private JdbcTemplate database;

    @Autowired
    private MeterRegistry meters;

    @Value("${local.server.port}")
    private int port;

    @DynamicPropertySource
    static void around(DynamicPropertyRegistry properties) {
        properties.add("orders.users", () -> "http://127.0.0.1:" + USERS.getAddress().getPort());
        properties.add(
                "orders.clients",
                () -> TOKEN.configurationLine() + "," + ADMIN.configurationLine() + " scopes=orders:delete+health:details");
        properties.add("orders.queue", () -> "boot." + UUID.randomUUID());
        properties.add("orders.calls", () -> CALLS);
        properties.add("orders.period", () -> "1h");
        properties.add("orders.proxies", () -> "127.0.0.1/32");
        properties.add("orders.outbox-poll", () -> "1m");
    }

    @AfterAll
    static void stop() {
        USERS.stop(0);
    }

    @Test
    @Order(1)
    void nobody_comes_in_without_a_token_but_to_the_health_page() throws Exception {
        assertThat(call("GET", "/orders", "").statusCode()).isEqualTo(401);
        assertThat(call("GET", "/actuator/metrics", "").statusCode()).isEqualTo(401);
        until(() -> call("GET", "/actuator/health", "").statusCode() == 200);
        assertThat(call("GET", "/actuator/health", "shp_wrong").statusCode()).isEqualTo(401);
    }

    @Test
    @Order(1)
    void the_health_page_names_queues_and_states_to_clients_with_the_scope_only() throws Exception {
        until(() -> call("GET", "/actuator/health", ADMIN.token()).body().contains("1 of 1"));
        assertThat(call("GET", "/actuator/health", ADMIN.token()).body())
                .contains("messaging", "CONNECTED", "outbox", "\"relaying\":true", "\"pending\":0");

        for (String token : List.of("", TOKEN.token())) {
            assertThat(call("GET", "/actuator/health", token).body())
                    .contains("\"status\":\"UP\"")
                    .doesNotContain("messaging", "outbox", "CONNECTED", "H2");
        }
        assertThat(call("GET", "/actuator/health/messaging", "").statusCode()).isEqualTo(401);
        assertThat(call("GET", "/actuator/health/messaging", TOKEN.token()).statusCode())
                .isEqualTo(404);
    }

    @Test
    @Order(2)
    void an_order_asks_for_the_user_in_the_callers_name_and_is_announced() throws Exception {
        until(() -> messaging.health().healthy());

        HttpResponse<String> answer = call("POST", "/orders?user=7", TOKEN.token());

        assertThat(answer.body()).isEqualTo("an order for Ann");
        assertThat(stored()).isEqualTo(1);
        assertThat(SEEN_BY_USERS).containsExactly("/api/v1/users/7 Bearer " + TOKEN.token());
        until(() -> call("GET", "/orders", TOKEN.token()).body().contains("{\"userId\":7}"));
    }

    @Test
    @Order(3)
    void a_handler_with_a_scope_is_reached_by_clients_that_have_it_and_by_no_others() throws Exception {
        HttpResponse<String> refused = call("DELETE", "/orders", TOKEN.token());

        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(refused.headers().firstValue("WWW-Authenticate").orElse(""))
                .contains("error=\"insufficient_scope\", scope=\"orders:delete\"");
        assertThat(refused.body()).isEqualTo("{\"detail\": \"Insufficient scope\"}");
        assertThat(call("GET", "/orders", TOKEN.token()).body()).isEqualTo("[{\"userId\":7}]");
        assertThat(call("DELETE", "/orders", "").statusCode()).isEqualTo(401);

        assertThat(call("DELETE", "/orders", ADMIN.token()).statusCode()).isEqualTo(200);
        assertThat(call("GET", "/orders", TOKEN.token()).body()).isEqualTo("[]");
    }

    @Test
    @Order(4)
    void an_order_and_its_event_are_stored_together_and_gone_together_after_a_rollback() throws Exception {
        int before = stored();
        assertThatIllegalArgumentException().isThrownBy(() -> book.place(new OrderPlaced(8), new OrderPlaced(-1)));
        assertThat(stored()).isEqualTo(before);
        assertThat(outbox.pending()).isZero();

        book.place(new OrderPlaced(9), new OrderPlaced(10));

        until(() -> placed.all().containsAll(List.of(new OrderPlaced(9), new OrderPlaced(10))));
        assertThat(placed.all()).doesNotContain(new OrderPlaced(8), new OrderPlaced(-1));
        until(() -> outbox.pending() == 0);
        assertThat(stored()).isEqualTo(before + 2);
    }

    @Test
    @Order(4)
    void a_message_that_comes_twice_takes_effect_once() throws Exception {
        Message<OrderPlaced> message = Message.of(OrderPlaced.TYPE, new OrderPlaced(11));
        messaging.publisher("events").publishAndWait(message);
        messaging.publisher("events").publishAndWait(message);

        until(() -> call("GET", "/actuator/metrics/messaging.consume?tag=outcome:duplicate", TOKEN.token())
                .body()
                .contains("\"COUNT\",\"value\":1.0"));
        assertThat(placed.all()).containsOnlyOnce(new OrderPlaced(11));
    }

    @ParameterizedTest
    @Order(5)
    @ValueSource(
            strings = {
                "dowel.remote.calls",
                "messaging.publish",
                "messaging.consume",
                "messaging.outbox.relayed",
                "dowel.auth.accepted?tag=client:shop",
                "dowel.auth.refused?tag=reason:missing",
                "dowel.ratelimit.decisions?tag=outcome:allowed"
            })
    void calls_and_messages_are_metered(String meter) throws Exception {
        HttpResponse<String> answer = call("GET", "/actuator/metrics/" + meter, TOKEN.token());

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).contains("\"COUNT\"").doesNotContain("\"COUNT\",\"value\":0.0}");
    }

    @Test
    @Order(6)
    void too_many_calls_are_refused_before_the_token_is_looked_at() throws Exception {
        HttpResponse<String> answer = call("GET", "/orders", "");
        for (int i = 0; i < CALLS && answer.statusCode() != 429; i++) {
            answer = call("GET", "/orders", "");
        }

        assertThat(answer.statusCode()).isEqualTo(429);
        assertThat(answer.headers().firstValue("Retry-After")).isPresent();
    }

    @ParameterizedTest
    @Order(7)
    @ValueSource(strings = {"liveness", "readiness"})
    void a_probe_needs_no_token_and_no_place_in_the_limit(String probe) throws Exception {
        double before = decisions();

        HttpResponse<String> answer = call("GET", "/actuator/health/" + probe, "");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("{\"status\":\"UP\"}");
        assertThat(decisions()).isEqualTo(before);
    }

    @Test
    @Order(8)
    void who_comes_through_the_proxy_has_a_limit_of_his_own() throws Exception {
        assertThat(call("GET", "/orders", "").statusCode()).isEqualTo(429);
        assertThat(call("GET", "/orders", "", "X-Forwarded-For", "203.0.113.7").statusCode())
                .isEqualTo(401);
    }

    private double decisions() {
        return meters.find("dowel.ratelimit.decisions").counters().stream()
                .mapToDouble(Counter::count)
                .sum();
    }

    private int stored() {
        return Objects.requireNonNull(database.queryForObject("SELECT count(*) FROM orders", Integer.class));
    }

    private HttpResponse<String> call(String method, String path, String token, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(20))
                .method(method, HttpRequest.BodyPublishers.noBody());
        if (headers.length > 0) {
            request.headers(headers);
        }
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private interface Condition {
        boolean holds() throws Exception;
    }

    /** Asks ten times a second, for twenty seconds. */
    private static void until(Condition condition) throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        for (int i = 0; i < 200 && !condition.holds(); i++) {
            never.await(100, TimeUnit.MILLISECONDS);
        }
        assertThat(condition.holds()).isTrue();
    }

    private static HttpServer users() {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
            server.createContext("/", exchange -> {
                SEEN_BY_USERS.add(exchange.getRequestURI() + " "
                        + exchange.getRequestHeaders().getFirst("Authorization"));
                byte[] body = "{\"id\":7,\"name\":\"Ann\"}".getBytes(StandardCharsets.UTF_8);
                exchange.getResponseHeaders().set("Content-Type", "application/json");
                exchange.sendResponseHeaders(200, body.length);
                exchange.getResponseBody().write(body);
                exchange.close();
            });
            server.start();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
