package dev.dowel.messaging.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

class ComplaintsTest {
    private final AtomicLong clock = new AtomicLong();
    private final Complaints complaints = new Complaints(clock::get);
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger(Outbox.class);

    @BeforeEach
    void listen() {
        log.start();
        logger.addAppender(log);
    }

    @AfterEach
    void stop() {
        logger.detachAppender(log);
    }

    private void complain(String cause, String text, int times) {
        for (int i = 0; i < times; i++) {
            complaints.log(Level.WARN, cause, text);
        }
    }

    @Test
    void the_same_is_said_once_a_minute_with_how_often_it_was_so() {
        complain("a", "one", 3);
        clock.addAndGet(TimeUnit.SECONDS.toNanos(59));
        complain("a", "two", 1);
        clock.addAndGet(TimeUnit.SECONDS.toNanos(1));
        complain("a", "three", 2);
        clock.addAndGet(TimeUnit.SECONDS.toNanos(60));
        complain("a", "four", 1);

        assertThat(log.list)
                .extracting(ILoggingEvent::toString)
                .containsExactly("[WARN] one", "[WARN] three (and 3 before it)", "[WARN] four (and 1 before it)");
    }

    @Test
    void other_causes_are_said_at_once_and_many_of_them_take_no_memory() {
        complain("a", "one", 1);
        complain("b", "two", 1);
        assertThat(log.list).hasSize(2);
        for (int i = 0; i < 100_000; i++) {
            complaints.log(Level.DEBUG, "cause " + i, "text");
        }
        assertThat(complaints.causes()).isLessThanOrEqualTo(100);
    }
}
