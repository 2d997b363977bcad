package dev.dowel.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletRegistration;
import jakarta.servlet.http.HttpServlet;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class ChangedRulesFileTest {
    private final AtomicLong now = new AtomicLong();
    private final Logger logger = (Logger) LoggerFactory.getLogger(RateLimitFilter.class);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

    @RateLimited(rule = "reports")
    static final class Reports extends HttpServlet {
        private static final long serialVersionUID = 1L;
    }

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
    void a_file_that_lacks_a_rule_of_an_annotation_changes_nothing_and_is_told_of_once(@TempDir Path folder)
            throws Exception {
        Path file = Files.writeString(folder.resolve("rules"), "default 9/PT1H\nreports 1/PT1H");
        RateLimitFilter filter = RateLimitFilter.builder()
                .nanos(now::get)
                .rulesFile(new RulesFile(file, Optional.empty()))
                .build();
        filter.init(config());
        assertThat(passes(filter)).isTrue();

        Files.writeString(file, "default 9/PT1H");
        for (int i = 0; i < 3; i++) {
            now.addAndGet(Duration.ofSeconds(10).toNanos());
            assertThat(passes(filter)).isFalse();
        }
        assertThat(messages("The changed rate limits")).isOne();
        assertThat(messages("The rate limits have changed")).isZero();

        Files.writeString(file, "default 9/PT1H\nreports 2/PT1H");
        now.addAndGet(Duration.ofSeconds(10).toNanos());
        assertThat(passes(filter)).isTrue();
        assertThat(messages("The rate limits have changed")).isOne();
    }

    private static boolean passes(RateLimitFilter filter) throws Exception {
        return new StubRequest("GET", "/", "192.0.2.7").passes(filter, 200);
    }

    private long messages(String start) {
        return lines.list.stream()
                .filter(line -> line.getFormattedMessage().startsWith(start))
                .count();
    }

    private static FilterConfig config() {
        ServletRegistration registration = StubRequest.stub(
                ServletRegistration.class,
                (self, called, arguments) -> called.getName().equals("getName") ? "servlet" : Reports.class.getName());
        ServletContext context = StubRequest.stub(
                ServletContext.class,
                (self, called, arguments) -> called.getName().equals("getClassLoader")
                        ? ChangedRulesFileTest.class.getClassLoader()
                        : Map.of("servlet", registration));
        return StubRequest.stub(FilterConfig.class, (self, called, arguments) -> context);
    }
}
