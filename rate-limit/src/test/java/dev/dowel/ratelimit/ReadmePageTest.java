package dev.dowel.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.DispatcherType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The blocks of the README that are no Java: its rules are read, and its answer is given. */
class ReadmePageTest {
    private static final List<String> OF_THE_CONTAINER = List.of("Content-Length", "Date", "Connection");

    @Test
    void the_rules_of_the_page_say_what_they_seem_to() throws Exception {
        RateLimitRules rules = RateLimitRules.parse(block("# RATE_LIMIT_RULES_FILE"));

        assertThat(quotas(rules, "default")).containsExactly(new Quota(100, Duration.ofMinutes(1)));
        assertThat(quotas(rules, "login"))
                .containsExactly(new Quota(5, Duration.ofMinutes(1)), new Quota(50, Duration.ofHours(1)));
        assertThat(quotas(rules, "search")).containsExactly(new Quota(60, Duration.ofMinutes(1)).withBurst(30));
        assertThat(quotas(rules, "reports")).containsExactly(new Quota(10, Duration.ofHours(1)).asStrict());
        assertThat(rules.needAuthentication()).isTrue();
        assertThat(rules.toString()).contains("path=/login, method=POST", "path=/search/*", "servlet=Reports");
    }

    @Test
    @Tag("container")
    void the_refusal_of_the_page_is_one_that_comes_over_the_wire() throws Exception {
        RateLimitFilter filter = RateLimitFilter.builder()
                .defaultRule(RateLimitRule.perIp(100, Duration.ofMinutes(1)))
                .build();
        try (ServletServer server = new TomcatServer()
                .filter(filter, DispatcherType.REQUEST)
                .servlet((request, response) -> {})
                .start()) {
            ServletServer.Answer answer = server.get("/");
            for (int i = 0; i < 200 && answer.status() != 429; i++) {
                answer = server.get("/");
            }

            List<String> lines = answer.lines().stream()
                    .filter(line -> OF_THE_CONTAINER.stream().noneMatch(name -> line.startsWith(name + ":")))
                    .toList();
            String shown = "HTTP/1.1 " + answer.status() + "\n" + String.join("\n", lines) + "\n\n" + answer.body();
            assertThat(shown).isEqualTo(block("HTTP/1.1 429").stripTrailing());
        }
    }

    private static List<Quota> quotas(RateLimitRules rules, String name) {
        return rules.named(name).orElseThrow().quotas();
    }

    private static String block(String beginning) throws Exception {
        Matcher found = Pattern.compile(
                        "^```\\n(" + Pattern.quote(beginning) + ".*?)^```", Pattern.DOTALL | Pattern.MULTILINE)
                .matcher(Files.readString(Path.of("README.md")));
        assertThat(found.find()).isTrue();
        return found.group(1);
    }
}
