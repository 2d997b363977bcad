package dev.dowel.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class MatchTest {
    private static final RateLimitRules RULES =
            RateLimitRules.parse("default 9/PT1M; search 2/PT1M path=/search method=get; head 1/PT1M method=HEAD");

    @Test
    void a_rule_for_get_holds_for_head_too_and_for_nothing_else() {
        assertThat(names("GET")).containsExactly("search");
        assertThat(names("HEAD")).containsExactly("search", "head");
        assertThat(names("head")).containsExactly("search", "head");
        assertThat(names("POST")).containsExactly("default");
    }

    private static List<String> names(String method) {
        return Arrays.stream(RULES.rulesFor(new StubRequest(method, "/search", "192.0.2.7")))
                .map(RateLimitRule::name)
                .toList();
    }
}
