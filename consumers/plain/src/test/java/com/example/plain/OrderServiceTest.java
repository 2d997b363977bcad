package com.example.plain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import dev.dowel.authtoken.ClientRegistry;
import dev.dowel.authtoken.ClientTokenVerifier;
import dev.dowel.authtoken.GeneratedToken;
import dev.dowel.authtoken.TokenGenerator;
import dev.dowel.messaging.Messaging;
import dev.dowel.messaging.VersionRange;
import dev.dowel.messaging.testing.InMemoryMessaging;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** All four modules, as they come from the BOM; over RabbitMQ where {@code RABBITMQ_URI} names one. */
class OrderServiceTest {
    private final GeneratedToken token = TokenGenerator.generate("shop", "shp");
    private final BlockingQueue<Long> placed = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> seenByUsers = new LinkedBlockingQueue<>();

    @Test
    void an_order_goes_through_all_four_modules() throws Exception {
        HttpServer users = users();
        String queue = "plain." + UUID.randomUUID();
        try (Messaging messaging = messaging();
                OrderService orders = new OrderService(
                        URI.create("http://127.0.0.1:" + users.getAddress().getPort()),
                        ClientTokenVerifier.of(ClientRegistry.parse(token.configurationLine())),
                        messaging)) {
            messaging.start();
            var subscription = messaging.subscribe(queue)
                    .bind("events", "order.placed", VersionRange.parse("^1.0.0"))
                    .handler(OrderService.OrderPlaced.class, (order, delivery) -> placed.add(order.userId()));
            for (int i = 0; i < 300 && !subscription.active(); i++) {
                TimeUnit.MILLISECONDS.sleep(100);
            }

            assertEquals(401, order(orders, "nobody").statusCode());
            HttpResponse<String> answer = order(orders, token.token());
            assertEquals(200, answer.statusCode(), answer.body());
            assertEquals("an order for Ann", answer.body());
            assertEquals("/api/v1/users/7 Bearer " + token.token(), seenByUsers.poll());
            assertEquals(7L, placed.poll(30, TimeUnit.SECONDS));
            assertEquals(200, order(orders, token.token()).statusCode());
            HttpResponse<String> refused = order(orders, token.token());
            assertEquals(429, refused.statusCode());
            assertTrue(refused.headers().firstValue("Retry-After").isPresent());
        } finally {
            users.stop(0);
        }
    }

    private static Messaging messaging() {
        return System.getenv("RABBITMQ_URI") == null ? new InMemoryMessaging() : Messaging.fromEnvironment();
    }

    private HttpServer users() throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.createContext("/", exchange -> {
            seenByUsers.add(exchange.getRequestURI() + " "
                    + exchange.getRequestHeaders().getFirst("Authorization"));
            byte[] body = "{\"id\":7,\"name\":\"Ann\"}".getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        return server;
    }

    private static HttpResponse<String> order(OrderService orders, String token) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(orders.uri() + "?user=7"))
                                .timeout(Duration.ofSeconds(20))
                                .header("Authorization", "Bearer " + token)
                                .POST(HttpRequest.BodyPublishers.noBody())
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }
}
