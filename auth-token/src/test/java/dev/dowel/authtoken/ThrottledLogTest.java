package dev.dowel.authtoken;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ThrottledLogTest {

    @Test
    void warns_once_a_minute_with_the_class_and_the_number_left_out() {
        Logger logger = new LoggerContext().getLogger("throttled");
        ListAppender<ILoggingEvent> written = new ListAppender<>();
        written.start();
        logger.addAppender(written);
        AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5); // System.nanoTime may run over
        ThrottledLog log = new ThrottledLog(logger, "The verifier", nanos::get);
        for (int i = 0; i < 3; i++) {
            log.failed(new IllegalStateException("canary"));
        }
        nanos.addAndGet(Duration.ofMinutes(1).toNanos());
        log.failed(new IllegalArgumentException("canary"));
        assertThat(written.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly(
                        "The verifier failed: java.lang.IllegalStateException; 0 such warnings left out since the last",
                        "The verifier failed: java.lang.IllegalArgumentException; 2 such warnings left out since the last");
    }
}
