package dev.dowel.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import jakarta.servlet.http.HttpServletRequest;
import java.lang.reflect.Proxy;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class SetupWarningsTest {
    private static final RateLimitRule RULE = RateLimitRule.perIp(1, Duration.ofMinutes(1));
    private static final RateLimitRules BY_ADDRESS = RateLimitRules.of(RULE);
    private static final RateLimitRules BY_USER = RateLimitRules.parse("default 1/PT1M key=ip+principal");

    private final Logger logger = (Logger) LoggerFactory.getLogger(RateLimitFilter.class);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final SetupWarnings warnings = new SetupWarnings();

    @BeforeEach
    void listen() {
        lines.start();
        logger.addAppender(lines);
        logger.setLevel(Level.INFO);
    }

    @AfterEach
    void stop() {
        logger.detachAppender(lines);
        logger.setLevel(null);
    }

    @Test
    void authentication_before_the_limit_is_noticed_at_the_first_request_once() {
        warnings.order(request("Bearer", null), BY_ADDRESS);
        warnings.order(request("Bearer", null), BY_ADDRESS);
        assertThat(lines.list).hasSize(1).first().asString().contains("before authentication");
    }

    @Test
    void authentication_before_the_limit_is_right_for_rules_by_principal() {
        warnings.order(request("Bearer", null), BY_USER);
        new SetupWarnings().order(request(null, null), BY_ADDRESS);
        assertThat(lines.list).isEmpty();
    }

    @Test
    void forwarding_headers_that_nobody_trusts_are_warned_of_once_without_their_text() {
        warnings.forwardingHeader(request(null, null));
        assertThat(lines.list).isEmpty();
        warnings.forwardingHeader(request(null, "1.2.3.4\nforged"));
        warnings.forwardingHeader(request(null, "1.2.3.4"));
        assertThat(lines.list).hasSize(1);
        assertThat(lines.list.get(0).getFormattedMessage())
                .contains("TRUSTED_PROXIES")
                .doesNotContain("1.2.3.4");
    }

    @Test
    void requests_without_an_address_are_warned_of_once() throws Exception {
        RateLimitFilter filter = RateLimitFilter.builder().defaultRule(RULE).build();
        assertThat(new StubRequest("GET", "/", "192.0.2.7").passes(filter, 200)).isTrue();
        assertThat(lines.list).isEmpty();
        assertThat(new StubRequest("GET", "/", null).passes(filter, 200)).isTrue();
        assertThat(lines.list).hasSize(1).first().asString().contains("without a usable remote address");
        assertThat(new StubRequest("GET", "/", "unix:").passes(filter, 200)).isFalse();
        assertThat(lines.list).filteredOn(line -> line.getLevel() == Level.WARN).hasSize(1);
    }

    private static HttpServletRequest request(String authType, String forwarded) {
        return (HttpServletRequest) Proxy.newProxyInstance(
                SetupWarningsTest.class.getClassLoader(),
                new Class<?>[] {HttpServletRequest.class},
                (self, method, arguments) -> switch (method.getName()) {
                    case "getAuthType" -> authType;
                    case "getHeader" -> forwarded;
                    default -> null;
                });
    }
}
