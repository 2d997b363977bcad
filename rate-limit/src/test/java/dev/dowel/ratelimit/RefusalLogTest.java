package dev.dowel.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class RefusalLogTest {
    private static final RateLimitRule RULE = RateLimitRule.perIp(9, Duration.ofMinutes(1));

    private final Logger logger = (Logger) LoggerFactory.getLogger(RateLimitFilter.class);
    private final ListAppender<ILoggingEvent> appender = new ListAppender<>();
    private final AtomicLong now = new AtomicLong();
    private final RefusalLog log = new RefusalLog(now::get);

    @BeforeEach
    void listen() {
        appender.start();
        logger.addAppender(appender);
        logger.setLevel(Level.INFO);
    }

    @AfterEach
    void stop() {
        logger.detachAppender(appender);
        logger.setLevel(null);
    }

    @Test
    void many_clients_make_one_line_a_second_in_total() {
        for (int second = 0; second < 3; second++) {
            for (int client = 0; client < 100; client++) {
                log.refused(RULE, 0, client(second * 100 + client));
            }
            pass(Duration.ofSeconds(1));
        }
        assertThat(lines())
                .hasSize(3)
                .last()
                .asString()
                .isEqualTo("Rule default refuses a client; 100 calls were refused since the last line");
    }

    @Test
    void one_client_makes_one_line_in_a_period_however_long_it_goes_on() {
        for (int second = 0; second < 180; second++) {
            log.refused(RULE, 0, client(1));
            pass(Duration.ofSeconds(1));
        }
        assertThat(lines()).hasSize(3).last().asString().contains("60 calls");
    }

    @Test
    void a_client_that_goes_on_does_not_hide_another_one_or_another_rule() {
        log.refused(RULE, 0, client(1));
        pass(Duration.ofSeconds(1));
        log.refused(RULE, 0, client(1));
        log.refused(RULE, 0, HashedKey.of("header", "a"));
        pass(Duration.ofSeconds(1));
        RateLimitRule login =
                RateLimitRule.builder("login", RULE.quotas().get(0)).build();
        log.refused(login, 0, client(1));
        assertThat(lines()).hasSize(3).last().asString().startsWith("Rule login ");
    }

    @Test
    void the_period_is_that_of_the_quota_that_refused() {
        RateLimitRule two = RateLimitRule.builder("two", Quota.parse("9/PT1S"))
                .quota(Quota.parse("9/PT1H"))
                .build();
        for (int second = 0; second < 60; second++) {
            log.refused(two, 1, client(1));
            pass(Duration.ofSeconds(1));
        }
        assertThat(lines()).hasSize(1);
    }

    @Test
    void a_line_says_nothing_of_the_client() {
        log.refused(RULE, 0, client(7));
        assertThat(lines()).containsExactly("Rule default refuses a client; 1 calls were refused since the last line");
    }

    private List<String> lines() {
        return appender.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }

    private static RateLimitKey client(long number) {
        return ClientAddress.ipv4(0x0A000000L + number);
    }
}
