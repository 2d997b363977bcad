package dev.dowel.remotemodel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What separates the entries of a request from each other. */
class CacheSeparationTest extends CacheScenario {

    @Test
    void headers_that_may_change_the_answer_separate_and_tracing_does_not() throws IOException {
        server = new TestServer(CacheScenario::any);
        RemoteService service = server.service()
                .propagate(HeaderPolicy.tracing().allow("X-Tenant"))
                .build();
        RequestContext shared = context();
        int calls = 0;
        for (Map<String, String> headers : List.of(
                Map.of("X-Tenant", "a"),
                Map.of("X-Tenant", "b"),
                Map.of("Accept-Language", "de"),
                Map.of("X-Tenant", "a", "Accept-Language", "de"))) {
            CacheKey key = key(service, headers);
            assertThat(shared.cache().peek(key)).isNull();
            shared.cache().store(key, Reply.ABSENT, 0);
            calls++;
        }
        assertThat(shared.cache().size()).isEqualTo(calls);

        CacheKey plain = key(service, Map.of());
        for (String tracing : List.of("traceparent", "tracestate", "X-Request-ID", "X-Correlation-ID")) {
            assertThat(key(service, Map.of(tracing, "x"))).isEqualTo(plain);
        }
        assertThat(key(service, Map.of("X-Tenant", "a"))).isEqualTo(key(service, Map.of("x-tenant", "a")));
    }

    private static CacheKey key(RemoteService service, Map<String, String> headers) {
        RequestContext context = RequestContext.of(
                headers.entrySet().stream()
                        .collect(java.util.stream.Collectors.toMap(Map.Entry::getKey, e -> List.of(e.getValue()))),
                HeaderPolicy.tracing().allow("X-Tenant"));
        Caller caller = Caller.of(service, View.PLAIN.in(context));
        return new CacheKey(new EntityScope("library", "books"), "http://x", true, "7", caller.identity());
    }

    @Test
    void cookies_that_are_sent_separate() throws IOException {
        server = new TestServer(CacheScenario::any);
        HeaderPolicy policy = HeaderPolicy.tracing().cookies("sessionid");
        RemoteService service = server.service()
                .propagate(policy)
                .credentials(Credentials.inbound())
                .build();
        List<String> identities = List.of("sessionid=a", "sessionid=b", "sessionid=a; other=x").stream()
                .map(cookie -> RequestContext.of(
                        Map.of("Cookie", List.of(cookie), "Authorization", List.of("Bearer t")), policy))
                .map(context -> Caller.of(service, View.PLAIN.in(context)).identity())
                .toList();

        assertThat(identities.get(0)).isNotEqualTo(identities.get(1)).isEqualTo(identities.get(2));
    }

    @Test
    void versions_and_base_urls_separate() throws IOException {
        server = new TestServer(CacheScenario::any);
        RequestContext context = context();
        model(server.service().build(), "books").in(context).get(7L);
        model(server.service().version("v2").build(), "books").in(context).get(7L);
        model(server.service().version("v2").build(), "books").in(context).get(7L);

        assertThat(server.requests).hasSize(2);
    }

    @Test
    void the_bound_counts_etags() {
        RequestCache cache = new RequestCache();
        for (int id = 0; id < 1_000; id++) {
            CacheKey key = new CacheKey(new EntityScope("s", "e"), "http://s/e", true, "" + id, "");
            cache.readAfresh(key, () -> new Reply(false, new byte[1], true, "x".repeat(200_000), PageLinks.NONE));
        }

        assertThat(cache.size()).isLessThan(50);
        assertThat(cache.bytes()).isLessThanOrEqualTo(RequestCache.MAX_BYTES);
    }

    @Test
    void two_base_urls_with_one_service_name_separate() throws IOException {
        server = new TestServer(request -> TestServer.json(200, "{\"id\":7,\"title\":\"here\"}"));
        RequestContext context = context();
        try (TestServer there = new TestServer(request -> TestServer.json(200, "{\"id\":7,\"title\":\"there\"}"))) {
            RemoteModel<Book, Long> one = server.books().in(context);
            RemoteModel<Book, Long> other = there.books().in(context);
            for (int round = 0; round < 2; round++) {
                assertThat(one.get(7L).title()).isEqualTo("here");
                assertThat(other.get(7L).title()).isEqualTo("there");
            }

            assertThat(server.requests).hasSize(1);
            assertThat(there.requests).hasSize(1);
        }
    }

    @Test
    void two_service_names_with_one_base_url_separate() throws IOException {
        server = new TestServer(CacheScenario::any);
        RequestContext context = context();
        for (int round = 0; round < 2; round++) {
            for (String name : List.of("library", "archive")) {
                model(RemoteService.builder(name, server.base()).build(), "books")
                        .in(context)
                        .get(7L);
            }
        }

        assertThat(server.requests).hasSize(2);
    }

    @Test
    void an_identity_neither_holds_the_credential_nor_is_its_plain_digest() throws Exception {
        server = new TestServer(CacheScenario::any);
        RemoteService service =
                server.service().credentials(Credentials.inbound()).build();
        String identity = Caller.of(service, View.PLAIN.in(context("Authorization", "Bearer canary")))
                .identity();
        MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
        List<String> guesses = Stream.of("canary", "Bearer canary", "Bearer canary\n")
                .map(guess -> Base64.getEncoder().encodeToString(sha256.digest(guess.getBytes(StandardCharsets.UTF_8))))
                .toList();

        assertThat(Base64.getDecoder().decode(identity)).hasSize(32);
        assertThat(identity).isNotIn(guesses).doesNotContain("canary");
    }
}
