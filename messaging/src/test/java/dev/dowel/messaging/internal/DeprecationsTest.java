package dev.dowel.messaging.internal;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Envelope;
import dev.dowel.messaging.Contract;
import dev.dowel.messaging.EncodedMessage;
import dev.dowel.messaging.EventType;
import dev.dowel.messaging.JsonCodec;
import dev.dowel.messaging.Message;
import dev.dowel.messaging.Messaging;
import dev.dowel.messaging.MessagingListener;
import dev.dowel.messaging.MessagingListener.DeprecatedVersion;
import dev.dowel.messaging.VersionRange;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class DeprecationsTest {
    private record Body(int id) {}

    private static final LocalDate END = LocalDate.of(2026, 6, 30);
    private static final EventType<Body> OLD =
            EventType.of("user.deleted", "1.2.0", Body.class).deprecated(END);

    private final Logger logger = (Logger) LoggerFactory.getLogger(Messaging.class);
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final List<DeprecatedVersion> heard = new ArrayList<>();
    private Instant now = Instant.parse("2026-06-29T23:59:59Z");
    private final Deprecations deprecations = new Deprecations(() -> now, heard::add);

    @BeforeEach
    void listen() {
        log.start();
        logger.setAdditive(false);
        logger.addAppender(log);
    }

    @AfterEach
    void stop() {
        logger.detachAppender(log);
        logger.setAdditive(true);
    }

    @Test
    void a_consumer_is_warned_once_for_each_queue_event_and_major_and_the_hook_hears_all() {
        deprecations.received(plan("likes"), delivery("user.deleted.1.2.0", "2026-06-30"));
        deprecations.received(plan("likes"), delivery("user.deleted.1.9.0", "2026-06-30"));
        deprecations.received(plan("mails"), delivery("user.deleted.1.2.0", "2026-06-30"));
        deprecations.received(plan("likes"), delivery("user.deleted.2.0.0", "2026-06-30"));
        deprecations.received(plan("likes"), delivery("user.renamed.1.0.0", "2026-06-30"));
        deprecations.received(plan("likes"), delivery("user.renamed.1.0.0", "2026-07-30"));

        assertThat(logged())
                .containsExactly(
                        "likes takes user.deleted in major 1, which ends on 2026-06-30: take a newer major, then unbind"
                                + " this one",
                        "mails takes user.deleted in major 1, which ends on 2026-06-30: take a newer major, then unbind"
                                + " this one",
                        "likes takes user.deleted in major 2, which ends on 2026-06-30: take a newer major, then unbind"
                                + " this one",
                        "likes takes user.renamed in major 1, which ends on 2026-06-30: take a newer major, then unbind"
                                + " this one");
        assertThat(heard)
                .hasSize(6)
                .startsWith(new DeprecatedVersion("likes", "user.deleted", 1, END))
                .endsWith(new DeprecatedVersion("likes", MessagingListener.OTHER, 1, END.plusDays(30)));
    }

    @Test
    void what_says_nothing_or_nothing_readable_is_not_deprecated() {
        deprecations.received(plan("likes"), delivery("user.deleted.1.2.0", "soon"));
        deprecations.received(plan("likes"), delivery("user.deleted.1.2.0", ""));
        deprecations.received(plan("likes"), delivery("not-versioned", "2026-06-30"));
        deprecations.publishing(encoded(EventType.of("user.deleted", "1.2.0", Body.class)));
        now = now.plusSeconds(1_000_000);
        deprecations.publishing(encoded(EventType.of("user.deleted", "1.2.0", Body.class)));

        assertThat(logged()).isEmpty();
        assertThat(heard).isEmpty();
    }

    @Test
    void a_publisher_is_warned_once_for_each_version_from_the_day_of_its_end_in_utc() {
        deprecations.publishing(encoded(OLD));
        assertThat(logged()).isEmpty();

        now = Instant.parse("2026-06-30T00:00:00Z");
        deprecations.publishing(encoded(OLD));
        deprecations.publishing(encoded(OLD));
        deprecations.publishing(
                encoded(EventType.of("user.deleted", "1.3.0", Body.class).deprecated(END)));

        assertThat(logged())
                .containsExactly(
                        "user.deleted.1.2.0 is still published, and was to end on 2026-06-30: see who is bound to it, then"
                                + " stop publishing it",
                        "user.deleted.1.3.0 is still published, and was to end on 2026-06-30: see who is bound to it, then"
                                + " stop publishing it");
    }

    @Test
    void a_consumer_after_the_end_reads_that_it_is_over() {
        now = Instant.parse("2026-07-01T00:00:00Z");
        deprecations.received(plan("likes"), delivery("user.deleted.1.2.0", "2026-06-30"));
        assertThat(logged()).singleElement().asString().contains("which was to end on 2026-06-30");
    }

    @Test
    void whatever_names_and_majors_others_choose_it_makes_one_line_for_a_queue_and_hides_no_other_warning() {
        deprecations.received(plan("likes"), delivery("a\tb.1.0.0", "2026-06-30"));
        for (int i = 0; i < 2 * Deprecations.MAX_WARNINGS; i++) {
            deprecations.received(plan("likes"), delivery("foreign" + i + "." + i + ".0.0", "2026-06-30"));
        }
        deprecations.received(plan("likes"), delivery("user.deleted.1.2.0", "2026-06-30"));

        assertThat(logged()).hasSize(2);
        assertThat(logged().get(0)).startsWith("likes takes a?b in major 1");
        assertThat(logged().get(1)).startsWith("likes takes user.deleted in major 1");
    }

    @Test
    void what_a_publisher_names_after_the_day_of_its_end_is_limited_too() {
        now = Instant.parse("2026-07-01T00:00:00Z");
        for (int i = 0; i < Deprecations.MAX_WARNINGS + 1; i++) {
            deprecations.publishing(
                    encoded(EventType.of("made" + i, "1.0.0", Body.class).deprecated(END)));
        }
        assertThat(logged()).hasSize(Deprecations.MAX_WARNINGS);
    }

    private static SubscriptionPlan plan(String queue) {
        return new SubscriptionPlan(
                queue,
                List.of(new Contract.Binding("events", "user.deleted", VersionRange.parse(">=1 <3"), Optional.empty())),
                1,
                1,
                new FailurePolicy(List.of(), false, 0, Set.of()),
                Duration.ofMinutes(5),
                Optional.empty());
    }

    private List<String> logged() {
        return log.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    private static EncodedMessage encoded(EventType<Body> type) {
        return Message.of(type, new Body(1)).encode(JsonCodec.jackson2());
    }

    private static Incoming delivery(String routingKey, String sunset) {
        return new RabbitDelivery(
                new Envelope(1, false, "events", routingKey),
                new AMQP.BasicProperties.Builder()
                        .headers(Map.of("message-sunset", sunset))
                        .build(),
                new byte[0]);
    }
}
