package dev.dowel.example.demo;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;

/** Somebody outside who calls the services over HTTP. */
final class Caller {
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

    /** An answer. */
    record Answer(int status, String body, Optional<String> retryAfter) {}

    Answer get(URI uri, Optional<String> token, Optional<String> traceparent) {
        return call("GET", uri, token, traceparent);
    }

    Answer delete(URI uri, String token) {
        return call("DELETE", uri, Optional.of(token), Optional.empty());
    }

    private Answer call(String method, URI uri, Optional<String> token, Optional<String> traceparent) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri)
                .timeout(Duration.ofSeconds(10))
                .method(method, HttpRequest.BodyPublishers.noBody());
        token.ifPresent(value -> request.header("Authorization", "Bearer " + value));
        traceparent.ifPresent(value -> request.header("traceparent", value));
        try {
            HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return new Answer(
                    response.statusCode(), response.body(), response.headers().firstValue("Retry-After"));
        } catch (IOException e) {
            throw new IllegalStateException(method + " " + uri.getPath() + " got no answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
