package dev.dowel.authtoken.jwt;

import com.nimbusds.jose.jwk.JWKSet;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Fetches a key set: one try, no redirects, in bounded time and memory. */
final class JwksFetch {

    static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final int LIMIT = 256 * 1024;

    private final HttpRequest request;
    private final HttpClient client = HttpClient.newBuilder()
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(TIMEOUT)
            .build();

    JwksFetch(URI uri) {
        this.request = HttpRequest.newBuilder(uri)
                .timeout(TIMEOUT)
                .header("Accept", "application/jwk-set+json, application/json")
                .build();
    }

    JWKSet fetch() throws IOException {
        CompletableFuture<HttpResponse<byte[]>> answer = client.sendAsync(request, response -> new LimitedBody(LIMIT));
        try {
            HttpResponse<byte[]> got = answer.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
            if (got.statusCode() != 200) {
                throw new IOException("status " + got.statusCode());
            }
            JWKSet keys = JWKSet.parse(new String(got.body(), StandardCharsets.UTF_8));
            if (keys.isEmpty()) {
                throw new IOException("no keys");
            }
            return keys;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (TimeoutException | ExecutionException e) {
            throw new IOException("no answer", e);
        } catch (ParseException | RuntimeException e) {
            throw new IOException("no key set", e);
        } finally {
            answer.cancel(true);
        }
    }
}
