package dev.dowel.authtoken;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RefusalLogTest {

    @Test
    void refusals_are_counted_by_reason_and_logged_once_a_minute_whatever_their_number() {
        Logger logger = new LoggerContext().getLogger("refusals");
        logger.setLevel(Level.WARN);
        ListAppender<ILoggingEvent> written = new ListAppender<>();
        written.start();
        logger.addAppender(written);
        AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5); // System.nanoTime may run over
        RefusalLog log = new RefusalLog(logger, nanos::get);
        for (int i = 0; i < 10_000; i++) {
            log.refused(RefusalReason.WRONG_SECRET);
        }
        log.refused(RefusalReason.MISSING);
        nanos.addAndGet(Duration.ofMinutes(1).toNanos());
        log.refused(RefusalReason.MISSING);
        nanos.addAndGet(Duration.ofMinutes(5).toNanos());
        log.refused(RefusalReason.EXPIRED);
        assertThat(written.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly(
                        "Refused calls since the last such line: {WRONG_SECRET=1}",
                        "Refused calls since the last such line: {MISSING=2, WRONG_SECRET=9999}",
                        "Refused calls since the last such line: {EXPIRED=1}");
    }
}
