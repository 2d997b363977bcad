package dev.dowel.messaging.management;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dowel.messaging.MessagingException;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** RabbitMQ's management API for one vhost. Messages of its exceptions hold neither credentials nor answers. */
final class ManagementApi {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int NOT_FOUND = 404;

    private final HttpClient client;
    private final String base;
    private final String authorization;
    private final String vhost;
    private final Duration timeout;

    ManagementApi(String base, String authorization, String vhost, Duration timeout) {
        this.client = HttpClient.newBuilder().connectTimeout(timeout).build();
        this.base = base;
        this.authorization = authorization;
        this.vhost = vhost;
        this.timeout = timeout;
    }

    String vhost() {
        return vhost;
    }

    /** Returns all objects of a kind in the vhost. */
    List<JsonNode> list(String kind, String columns) {
        String path = kind + "/" + encoded(vhost);
        HttpResponse<byte[]> response = send("GET", path + "?columns=" + columns, path);
        if (response.statusCode() != 200) {
            throw answered("GET", path, response.statusCode());
        }
        try {
            JsonNode all = JSON.readTree(response.body());
            if (!all.isArray()) {
                throw new IOException("not a list");
            }
            List<JsonNode> found = new ArrayList<>();
            all.forEach(found::add);
            return found;
        } catch (IOException e) {
            // Jackson's own exception would quote the answer.
            throw new MessagingException(
                    "GET " + base + path + " was answered with something else than a list in JSON: give the address of"
                            + " RabbitMQ's management plugin",
                    null);
        }
    }

    /** Removes a binding of a queue; one that is gone already is no failure. */
    void unbind(Binding binding) {
        String path = "bindings/" + encoded(vhost) + "/e/" + encoded(binding.source()) + "/q/"
                + encoded(binding.destination()) + "/" + encoded(binding.propertiesKey());
        int status = send("DELETE", path, path).statusCode();
        if (status / 100 != 2 && status != NOT_FOUND) {
            throw answered("DELETE", path, status);
        }
    }

    private MessagingException answered(String method, String path, int status) {
        String advice = switch (status) {
            case 401 -> "check user and password, and that the user has the tag management or monitoring";
            case 403 -> "give the user permissions on the vhost";
            case NOT_FOUND -> "check that the vhost exists and that this is the management plugin";
            default -> "see the broker's log";
        };
        return new MessagingException(
                method + " " + base + path + " was answered with status " + status + ": " + advice, null);
    }

    private HttpResponse<byte[]> send(String method, String target, String shown) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(base + target))
                .header("Authorization", authorization)
                .method(method, HttpRequest.BodyPublishers.noBody())
                .build();
        // A request's own timeout ends with the headers; the body may take for ever.
        CompletableFuture<HttpResponse<byte[]>> answer =
                client.sendAsync(request, HttpResponse.BodyHandlers.ofByteArray());
        try {
            return answer.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw new MessagingException(
                    method + " " + base + shown + " was not answered within " + timeout + ": raise the timeout or see"
                            + " whether the broker is overloaded",
                    e);
        } catch (ExecutionException e) {
            throw new MessagingException(
                    method + " " + base + shown
                            + " failed: check the address and that the management plugin is enabled",
                    e.getCause());
        } catch (InterruptedException e) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            throw new MessagingException(method + " " + base + shown + " was interrupted", e);
        }
    }

    private static String encoded(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
