package dev.dowel.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RateLimitRulesTest {
    @Test
    void a_text_has_all_of_a_rule() {
        RateLimitRules rules = RateLimitRules.parse("""
                # the limits
                default 100/PT1M
                login   5/PT1M 50/PT1H strict  path=/login path=/signin method=POST # guesses
                search  60/PT1M burst=30 cost=5 key=ip+header:X-Api-Key path=/search/*; reports 1/PT1H key=principal servlet=Reports
                """);

        assertThat(rules.named("login").orElseThrow().quotas())
                .containsExactly(new Quota(5, Duration.ofMinutes(1)), new Quota(50, Duration.ofHours(1)).asStrict());
        assertThat(rules.named("search").orElseThrow().quotas())
                .containsExactly(new Quota(60, Duration.ofMinutes(1)).withBurst(30));
        assertThat(rules.needAuthentication()).isTrue();
        assertThat(rules.toString())
                .contains("path=/login, path=/signin, method=POST", "path=/search/*", "servlet=Reports");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "login 5/PT1M|No rule is named default",
                "default|Rule default: it has no quota",
                "default 5/PT1M path=/x|Rule default: the default rule",
                "default 5/PT1M;default 6/PT1M|Two rules are named default",
                "default 5|Rule default: a quota is calls/period",
                "default 5/PT1M;a b|Rule a: a quota is",
                "default 5/PT1M;a strict 5/PT1M|Rule a: burst and strict come behind",
                "default 5/PT1M;a 5/PT1M burst=0|Rule a: a number is",
                "default 5/PT1M;a 5/PT1M cost=-1|Rule a: a number is",
                "default 5/PT1M;a 5/PT1M key=user|Rule a: a key is",
                "default 5/PT1M;a 5/PT1M key=header:|Rule a: a key is",
                "default 5/PT1M;a 5/PT1M path=x|Rule a: A path is",
                "default 5/PT1M;a 5/PT1M path=/a/*/b|Rule a: A path is",
                "default 5/PT1M;a 5/PT1M hosts=x|Rule a: there is",
                "default 5/PT1M;/ 5/PT1M|A rule begins with its name",
                "default 5/PT1M strict burst=6|Rule default: burst is 1 to 5"
            })
    void what_is_wrong_with_a_text_is_said(String text, String problem) {
        assertThatThrownBy(() -> RateLimitRules.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(problem);
    }

    @ParameterizedTest
    @CsvSource({
        "TRUSTED_PROXIES, proxy.example, TRUSTED_PROXIES is wrong: Not an address",
        "TRUSTED_PROXIES, 0.0.0.0/0, TRUSTED_PROXIES is wrong: Everybody is trusted",
        "TRUSTED_PROXY_HOPS, 2, TRUSTED_PROXIES is not set",
        "TRUSTED_PROXY_HEADER, X-Real-IP, TRUSTED_PROXY_HEADER is wrong",
        "RATE_LIMIT_RULES, login 5, RATE_LIMIT_RULES is wrong: Rule login",
        "RATE_LIMIT_RULES_FILE, /nowhere, RATE_LIMIT_RULES_FILE is wrong: Cannot read",
        "RATE_LIMIT_EXEMPT, 1.2.3, RATE_LIMIT_EXEMPT is wrong",
        "RATE_LIMIT_HEADERS, some, RATE_LIMIT_HEADERS is wrong",
        "RATE_LIMIT_DRY_RUN, yes, RATE_LIMIT_DRY_RUN is wrong"
    })
    void a_wrong_variable_is_named_with_the_problem(String variable, String value, String problem) {
        assertThatThrownBy(() -> Environment.builder(Map.of("RATE_LIMIT", "1/PT1M", variable, value)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(problem);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a/../b", "/./a", "/a/..", "/a\\b", "/a%2fb", "/a%5Cb", "/%2e%2e/b"})
    void a_path_that_can_be_read_in_two_ways_is_doubtful(String path) {
        assertThat(RequestPath.read(path).doubtful()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a/b", "/.well-known/x", "/a..b", "/...", "/100%", "/a.b/"})
    void an_ordinary_path_is_not_doubtful(String path) {
        assertThat(RequestPath.read(path).doubtful()).isFalse();
    }

    @Test
    void keys_hold_no_text_and_tell_clients_apart() {
        RateLimitKey key = HashedKey.of("header", "secret-api-key");
        assertThat(key.text()).hasSize(34).matches("[a-z0-9-]+");
        assertThat(key.toString()).doesNotContain("secret");
        assertThat(HashedKey.of("principal", "secret-api-key")).isNotEqualTo(key);
        assertThat(HashedKey.of("header", "secret-api-key")).isEqualTo(key);
        assertThat(ClientAddress.parse("::1").orElseThrow()).isNotEqualTo(ClientAddress.UNKNOWN);
    }
}
