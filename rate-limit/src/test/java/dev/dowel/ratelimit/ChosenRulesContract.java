package dev.dowel.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which rules a request meets, in every servlet container. */
abstract class ChosenRulesContract extends FilterContract {
    @Test
    void the_path_is_no_way_round_the_limit() throws Exception {
        start(filter(HeaderMode.ON_LIMIT));
        for (String path : List.of("/ok", "/ok/", "/OK")) {
            get(path);
        }
        assertThat(get("/ok;x=1?y=2").statusCode()).isEqualTo(429);
    }

    @Test
    void several_rules_on_one_request_count_all_or_nothing() throws Exception {
        RateLimitRule wide = RateLimitRule.builder("wide", new Quota(4, Duration.ofMinutes(1)))
                .build();
        RateLimitRule narrow = RateLimitRule.builder("narrow", new Quota(1, Duration.ofHours(1)))
                .build();
        start(options()
                .rule(wide, Match.path("/*"))
                .rule(narrow, Match.path("/ok"), Match.method("GET"))
                .build());

        assertThat(get("/ok").statusCode()).isEqualTo(200);
        for (int i = 0; i < 20; i++) {
            assertThat(get("/ok").body()).contains("\"violated-policies\":[\"narrow\"]");
        }
        for (int i = 0; i < 3; i++) {
            assertThat(get("/other").statusCode()).isEqualTo(200);
        }
        assertThat(get("/other").body()).contains("\"wide\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/login", "/LOGIN", "/login/", "/login;a=b", "//login", "/login;x/;y", "/%6cogin"})
    void a_respelled_path_gets_the_rule_of_the_path(String path) throws Exception {
        start(options()
                .rule(
                        RateLimitRule.builder("login", new Quota(1, Duration.ofHours(1)))
                                .build(),
                        Match.path("/login"))
                .build());

        assertThat(raw("/login")).isEqualTo(200);
        // 400: Jetty itself takes no target that begins with two slashes.
        assertThat(raw(path)).isIn(429, 400);
        assertThat(raw("/log")).isEqualTo(200);
    }

    @Test
    void a_request_that_no_rule_is_for_gets_the_default_one() throws Exception {
        start(options()
                .rule(RateLimitRule.perIp(3, Duration.ofSeconds(90)), Match.servlet("nobody"))
                .build());
        get("/ok");
        assertThat(outcomes).containsExactly("default ALLOWED");
    }

    @Test
    void rules_by_method_and_by_path_beginning_are_for_their_requests_only() throws Exception {
        start(options()
                .rule(
                        RateLimitRule.builder("posts", new Quota(1, Duration.ofHours(1)))
                                .build(),
                        Match.path("/api/*"),
                        Match.method("post"))
                .rule(
                        RateLimitRule.builder("api", new Quota(9, Duration.ofHours(1)))
                                .build(),
                        Match.path("/api/*"))
                .build());
        get("/api");
        get("/api/a/b");
        get("/apis");
        assertThat(outcomes).containsExactly("api ALLOWED", "api ALLOWED", "default ALLOWED");
    }

    @Test
    void rules_change_while_the_filter_is_in_use() throws Exception {
        RateLimitFilter filter = filter(HeaderMode.ON_LIMIT);
        start(filter);
        for (int i = 0; i < 3; i++) {
            get("/ok");
        }
        assertThat(get("/ok").statusCode()).isEqualTo(429);

        filter.rules(RateLimitRules.parse("default 5/PT90S"));
        for (int i = 0; i < 5; i++) {
            assertThat(get("/ok").statusCode()).isEqualTo(200);
        }
        assertThat(get("/ok").statusCode()).isEqualTo(429);
    }

    @Test
    void rules_in_a_file_change_with_the_file_and_wrong_ones_change_nothing(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("rules"), "default 1/PT1H");
        Environment.builder(Map.of("RATE_LIMIT_RULES_FILE", file.toString()));
        start(options().rulesFile(new RulesFile(file, Optional.empty())).build());
        assertThat(get("/ok").statusCode()).isEqualTo(200);
        assertThat(get("/ok").statusCode()).isEqualTo(429);

        Files.writeString(file, "default 3/PT1H");
        assertThat(get("/ok").statusCode()).isEqualTo(429);
        now.addAndGet(Duration.ofSeconds(10).toNanos());
        assertThat(get("/ok").statusCode()).isEqualTo(200);

        Files.writeString(file, "default nonsense");
        now.addAndGet(Duration.ofSeconds(10).toNanos());
        assertThat(get("/ok").statusCode()).isEqualTo(200);
        assertThat(get("/ok").statusCode()).isEqualTo(200);
        assertThat(get("/ok").statusCode()).isEqualTo(429);
    }

    private int raw(String target) throws IOException {
        return server.get(target).status();
    }
}
