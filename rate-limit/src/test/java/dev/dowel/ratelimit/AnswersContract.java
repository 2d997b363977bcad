package dev.dowel.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a client is told, in every servlet container. */
abstract class AnswersContract extends FilterContract {
    @Test
    void what_is_too_much_gets_429_with_every_header() throws Exception {
        start(filter(HeaderMode.ON_LIMIT));
        for (int i = 0; i < 3; i++) {
            HttpResponse<String> passed = get("/ok");
            assertThat(passed.statusCode()).isEqualTo(200);
            assertThat(passed.headers().firstValue("RateLimit")).isEmpty();
        }
        HttpResponse<String> refused = get("/ok");

        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(refused.headers().map())
                .containsEntry("retry-after", List.of("30"))
                .containsEntry("ratelimit-policy", List.of("\"default\";q=3;w=90"))
                .containsEntry("ratelimit", List.of("\"default\";r=0;t=30"))
                .containsEntry("cache-control", List.of("no-store"))
                .containsEntry("content-type", List.of("application/problem+json"))
                .containsKey("content-length");
        assertThat(refused.body())
                .isEqualTo("{\"type\":\"https://iana.org/assignments/http-problem-types#quota-exceeded\","
                        + "\"title\":\"Too many requests\",\"status\":429,\"violated-policies\":[\"default\"]}");
    }

    @Test
    void retry_after_is_never_early_and_never_0() throws Exception {
        start(filter(HeaderMode.ON_LIMIT));
        for (int i = 0; i < 3; i++) {
            get("/ok");
        }
        now.addAndGet(Duration.ofMillis(29_999).toNanos());
        assertThat(get("/ok").headers().firstValue("Retry-After")).contains("1");
        now.addAndGet(Duration.ofMillis(1).toNanos());
        assertThat(get("/ok").statusCode()).isEqualTo(200);
        now.addAndGet(Duration.ofMillis(1).toNanos());
        assertThat(get("/ok").headers().firstValue("Retry-After")).contains("30");
    }

    @Test
    void a_call_that_passes_carries_what_is_left_if_wanted_and_no_policy() throws Exception {
        start(filter(HeaderMode.ALWAYS));
        assertThat(get("/ok").headers().firstValue("RateLimit-Policy")).isEmpty();
        now.addAndGet(Duration.ofSeconds(90).toNanos());
        assertThat(get("/ok").headers().firstValue("RateLimit")).contains("\"default\";r=2;t=30");
    }

    @Test
    void headers_stand_on_no_answer_if_wanted_but_retry_after_does() throws Exception {
        start(filter(HeaderMode.NONE));
        for (int i = 0; i < 3; i++) {
            assertThat(get("/ok").headers().firstValue("RateLimit")).isEmpty();
        }
        HttpResponse<String> refused = get("/ok");
        assertThat(refused.headers().firstValue("RateLimit-Policy")).isEmpty();
        assertThat(refused.headers().firstValue("Retry-After")).isPresent();
    }

    @Test
    void a_refusal_can_be_as_simple_as_a_detail() throws Exception {
        start(options().body(RefusalBody.DETAIL).build());
        for (int i = 0; i < 3; i++) {
            get("/ok");
        }
        HttpResponse<String> refused = get("/ok");
        assertThat(refused.body()).isEqualTo("{\"detail\":\"Too many requests\"}");
        assertThat(refused.headers().firstValue("Content-Type")).contains("application/json");
    }

    @Test
    void a_jitter_only_makes_retry_after_later() throws Exception {
        start(options().retryJitter(Duration.ofSeconds(5)).build());
        for (int i = 0; i < 3; i++) {
            get("/ok");
        }
        for (int i = 0; i < 30; i++) {
            HttpResponse<String> refused = get("/ok");
            assertThat(Long.parseLong(
                            refused.headers().firstValue("Retry-After").orElseThrow()))
                    .isBetween(30L, 35L);
            assertThat(refused.headers().firstValue("RateLimit")).contains("\"default\";r=0;t=30");
        }
    }

    @Test
    void several_quotas_of_a_rule_are_several_policies() throws Exception {
        start(options()
                .defaultRule(RateLimitRule.builder("api", new Quota(9, Duration.ofSeconds(9)))
                        .quota(new Quota(2, Duration.ofHours(1)))
                        .build())
                .build());
        get("/ok");
        get("/ok");
        HttpResponse<String> refused = get("/ok");
        assertThat(refused.headers().firstValue("RateLimit-Policy"))
                .contains("\"api-1\";q=9;w=9, \"api-2\";q=2;w=3600");
        assertThat(refused.headers().firstValue("RateLimit")).contains("\"api-2\";r=0;t=1800");
    }

    @Test
    void a_store_that_cannot_tell_gives_503_and_not_429() throws Exception {
        start(options().store(new BrokenStore()).build());
        HttpResponse<String> answer = get("/ok");
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("Retry-After")).contains("1");
        assertThat(answer.body()).contains("temporary-reduced-capacity").doesNotContain("secret");
        assertThat(outcomes).containsExactly("default UNAVAILABLE");
    }

    private static final class BrokenStore implements BucketStore {
        @Override
        public Decision tryConsume(RateLimitRule rule, RateLimitKey key, long cost) {
            throw new BucketStoreException("secret", null);
        }

        @Override
        public Decision look(RateLimitRule rule, RateLimitKey key, long cost) {
            throw new BucketStoreException("secret", null);
        }

        @Override
        public void charge(RateLimitRule rule, RateLimitKey key, long cost) {
            throw new BucketStoreException("secret", null);
        }

        @Override
        public void giveBack(RateLimitRule rule, RateLimitKey key, long cost) {
            throw new BucketStoreException("secret", null);
        }

        @Override
        public void close() {}
    }

    @Test
    void of_several_rules_that_refuse_the_one_that_takes_longest_is_told() throws Exception {
        RateLimitRule.Builder first = RateLimitRule.builder("first", new Quota(1, Duration.ofSeconds(10)));
        RateLimitRule.Builder second = RateLimitRule.builder("second", new Quota(1, Duration.ofHours(1)));
        RateLimitRule.Builder third = RateLimitRule.builder("third", new Quota(1, Duration.ofMinutes(1)));
        start(options()
                .rule(first.build(), Match.path("/*"))
                .rule(second.build(), Match.path("/*"))
                .rule(third.build(), Match.path("/*"))
                .build());
        assertThat(get("/ok").statusCode()).isEqualTo(200);
        HttpResponse<String> refused = get("/ok");
        assertThat(refused.headers().firstValue("Retry-After")).contains("3600");
        assertThat(refused.headers().firstValue("RateLimit")).contains("\"second\";r=0;t=3600");
        assertThat(outcomes).endsWith("second REFUSED");
    }

    @Test
    void a_penalty_of_another_rule_makes_retry_after_later() throws Exception {
        start(options()
                .rule(
                        RateLimitRule.builder("short", new Quota(1, Duration.ofSeconds(20)))
                                .build(),
                        Match.path("/ok"))
                .rule(
                        RateLimitRule.builder("blocking", new Quota(1, Duration.ofSeconds(1)))
                                .penalty(Duration.ofMinutes(5), Duration.ofMinutes(5))
                                .build(),
                        Match.path("/*"))
                .build());
        assertThat(get("/ok").statusCode()).isEqualTo(200);
        assertThat(get("/other").headers().firstValue("Retry-After")).contains("300");
        now.addAndGet(Duration.ofSeconds(1).toNanos());
        assertThat(get("/ok").headers().firstValue("Retry-After")).contains("299");
    }

    @Test
    void a_penalty_that_is_shorter_than_what_the_quota_asks_for_makes_retry_after_no_earlier() throws Exception {
        start(options()
                .defaultRule(RateLimitRule.builder("default", new Quota(1, Duration.ofHours(1)))
                        .penalty(Duration.ofSeconds(1), Duration.ofSeconds(2))
                        .build())
                .build());
        assertThat(get("/ok").statusCode()).isEqualTo(200);
        for (int i = 0; i < 3; i++) {
            assertThat(get("/ok").headers().firstValue("Retry-After")).contains("3600");
        }
    }
}
