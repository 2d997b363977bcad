package dev.dowel.messaging;

import static dev.dowel.messaging.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.rabbitmq.client.AMQP;
import dev.dowel.testservices.RabbitMq;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What handlers and publishers leave behind, an interrupt that comes late or a forged name, harms no other message. */
class LateInterruptTest {
    private static final EventType<Integer> DELETED = EventType.of("user.deleted", "1.0.0", Integer.class);
    private static final String FORGED = "user.deleted.1.0.0\n2026-01-01 ERROR all is lost";

    private final List<String> handled = new CopyOnWriteArrayList<>();
    private final AtomicReference<Thread> handler = new AtomicReference<>();
    private PlainClient plain;
    private Messaging messaging;

    @BeforeEach
    void connect() throws Exception {
        URI vhost = RabbitMq.shared().newVhost();
        plain = new PlainClient(vhost);
        messaging = Messaging.builder().uri(vhost.toString()).build();
        messaging.start();
    }

    @AfterEach
    void close() {
        messaging.close();
        plain.close();
    }

    @Test
    void an_interrupt_while_the_message_waits_in_order_does_not_end_the_wait() {
        active(subscription().inOrder().retry(Duration.ofSeconds(3)).handler(Integer.class, this::handle));
        publish(1);
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> handlerIsIn("keep"));

        handler.get().interrupt();

        eventually(() -> assertThat(handled).containsExactly("1.1", "1.2"));
    }

    @Test
    void an_interrupt_before_a_message_is_given_back_does_not_keep_it() throws Exception {
        active(subscription().retry(Duration.ofMinutes(1)).handler(Integer.class, this::handle));
        plain.channel().queueDelete("likes.retry.1m");
        publish(1);
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> handlerIsIn("stopsWithin"));

        int before = handled.size();
        handler.get().interrupt();

        eventually(() -> assertThat(handled).hasSizeGreaterThan(before).containsOnly("1.1"));
    }

    private void handle(Integer body, Delivery delivery) {
        handled.add(body + "." + delivery.attempt());
        handler.set(Thread.currentThread());
        if (delivery.attempt() == 1) {
            throw new IllegalStateException("on purpose");
        }
    }

    private boolean handlerIsIn(String method) {
        Thread thread = handler.get();
        return thread != null
                && Arrays.stream(thread.getStackTrace())
                        .anyMatch(frame -> frame.getMethodName().equals(method));
    }

    @Test
    void whatever_others_call_their_messages_each_line_of_the_log_is_one_line() throws Exception {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        Logger logger = (Logger) LoggerFactory.getLogger(Subscription.class);
        logger.addAppender(log);
        logger.setLevel(Level.INFO);
        try {
            active(subscription()
                    .retry(Duration.ofMillis(50))
                    .maxHandlingTime(Duration.ofMillis(1))
                    .handler(Integer.class, (body, delivery) -> {
                        switch (body) {
                            case 1 -> throw new IllegalStateException("on purpose");
                            case 2 -> throw new StackOverflowError("on purpose");
                            case 3 -> eventually(() -> assertThat(lines(log)).anyMatch(one -> one.contains("running")));
                            default -> throw new RejectMessage("forged\nreason");
                        }
                    }));
            for (String body : List.of("1", "2", "3", "no number")) {
                forged(body);
            }
            for (String said : List.of("attempt 1 of", "broke down", "has been running", "parks")) {
                eventually(() -> assertThat(lines(log)).anyMatch(one -> one.contains(said)));
            }
            plain.channel().queueDelete("likes.parking");
            forged("5");
            eventually(() -> assertThat(lines(log)).anyMatch(one -> one.contains("could not be moved")));
        } finally {
            logger.setLevel(null);
            logger.detachAppender(log);
        }

        assertThat(lines(log)).filteredOn(one -> one.contains("all is lost")).hasSizeGreaterThan(4);
        assertThat(lines(log)).noneMatch(one -> one.contains("\n"));
    }

    private static List<String> lines(ListAppender<ILoggingEvent> log) {
        return List.copyOf(log.list).stream()
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }

    private void forged(String body) throws Exception {
        plain.channel()
                .basicPublish(
                        "events",
                        FORGED,
                        new AMQP.BasicProperties.Builder()
                                .messageId("id\nforged")
                                .build(),
                        body.getBytes(StandardCharsets.UTF_8));
    }

    private SubscriptionBuilder subscription() {
        return messaging.subscribe("likes").bind("events", "user.deleted", VersionRange.parse("^1.0.0"));
    }

    private static void active(Subscription subscription) {
        assertThat(subscription.awaitActive(Duration.ofSeconds(30))).isTrue();
    }

    private void publish(int id) {
        messaging.publisher("events").publishAndWait(Message.of(DELETED, id));
    }
}
