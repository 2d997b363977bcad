package dev.dowel.messaging;

import static dev.dowel.messaging.Eventually.eventuallyDespiteExceptions;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import dev.dowel.testservices.RabbitMq;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** The broker dies, or takes back, between a message's copy and its acknowledgement. Rules D2 and D8. */
class AcknowledgementFaultTest {
    record Deleted(long id) {}

    private static final EventType<Deleted> DELETED = EventType.of("user.deleted", "1.0.0", Deleted.class);
    private static final String QUEUE = "likes";
    private static final Duration DELAY = Duration.ofMillis(300);
    private static RabbitMq broker;

    private final List<AutoCloseable> open = new ArrayList<>();
    private final List<String> handled = new CopyOnWriteArrayList<>();
    private URI vhost;
    private MutingProxy proxy;
    private Messaging messaging;

    @BeforeAll
    static void startBroker() {
        broker = RabbitMq.start();
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @BeforeEach
    void connect() throws Exception {
        vhost = broker.newVhost();
        proxy = new MutingProxy(vhost);
        open.add(proxy);
        messaging = started(proxy.uri());
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : open) {
            one.close();
        }
    }

    @Test
    void d2_a_broker_that_dies_between_confirm_and_ack_has_the_message_twice_and_does_not_lose_it() throws Exception {
        subscribeAndAge();
        proxy.muteFrom("acks consumer", MutingProxy.Word.ACK);

        messaging.publisher("events").publishAndWait(Message.of(DELETED, new Deleted(1)));
        assertThat(proxy.muted().await(20, TimeUnit.SECONDS)).isTrue();
        broker.kill();
        proxy.unmute();
        broker.restart();

        eventuallyDespiteExceptions(() -> assertThat(handled).contains("1.2"));
        eventuallyDespiteExceptions(
                () -> assertThat(handled.stream().filter("1.1"::equals).count()).isGreaterThanOrEqualTo(2));
    }

    @Test
    void d2_a_message_whose_copy_is_not_confirmed_is_never_acknowledged() throws Exception {
        Messaging publishing = started(vhost);
        subscribeAndAge();
        proxy.muteFrom("acks publisher", MutingProxy.Word.PUBLISH);

        publishing.publisher("events").publishAndWait(Message.of(DELETED, new Deleted(1)));
        assertThat(proxy.muted().await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(handled).containsExactly("1.1");
        broker.kill();
        proxy.unmute();
        broker.restart();

        eventuallyDespiteExceptions(() -> assertThat(handled).contains("1.2"));
        assertThat(handled.stream().filter("1.1"::equals).count()).isGreaterThanOrEqualTo(2);
    }

    @Test
    void a_broker_that_dies_between_confirm_and_ack_of_a_replay_loses_nothing() throws Exception {
        Subscription failing = messaging
                .subscribe(QUEUE)
                .bind("events", "user.deleted", VersionRange.parse("^1.0.0"))
                .retry()
                .handler(Deleted.class, (body, delivery) -> {
                    throw new IllegalStateException("on purpose");
                });
        active(failing);
        age();
        for (long id = 0; id < 20; id++) {
            messaging.publisher("events").publishAndWait(Message.of(DELETED, new Deleted(id)));
        }
        ParkingLot lot = messaging.parkingLot(QUEUE);
        eventuallyDespiteExceptions(() -> assertThat(lot.count()).isEqualTo(20));
        Set<String> parked = new TreeSet<>();
        lot.peek(20).forEach(one -> parked.add(one.id()));
        failing.close();
        proxy.muteFrom("acks consumer", MutingProxy.Word.ACK);

        CompletableFuture<Integer> replay =
                CompletableFuture.supplyAsync(lot::replayAll, task -> new Thread(task).start());
        assertThat(proxy.muted().await(20, TimeUnit.SECONDS)).isTrue();
        broker.kill();
        proxy.unmute();
        broker.restart();

        assertThat(replay)
                .failsWithin(Duration.ofSeconds(30))
                .withThrowableThat()
                .withCauseInstanceOf(MessagingException.class);
        eventuallyDespiteExceptions(() -> assertThat(lot.count()).isEqualTo(20));
        assertThat(lot.peek(20)).extracting(ParkedMessage::id).containsExactlyInAnyOrderElementsOf(parked);
        Set<String> sentBack = new TreeSet<>();
        onChannel(channel -> {
            for (GetResponse got = channel.basicGet(QUEUE, true); got != null; got = channel.basicGet(QUEUE, true)) {
                sentBack.add(got.getProps().getMessageId());
            }
        });
        assertThat(sentBack).isNotEmpty();
        assertThat(parked).containsAll(sentBack);
    }

    @Test
    void d8_a_consumer_whose_acknowledgement_timed_out_comes_back_by_itself_and_the_slow_handler_is_reported_once()
            throws Exception {
        broker.ctl(
                "eval",
                "application:set_env(rabbit, consumer_timeout, 3000),"
                        + " application:set_env(rabbit, channel_tick_interval, 500).");
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        Logger logger = (Logger) LoggerFactory.getLogger(Subscription.class);
        logger.addAppender(log);
        CountDownLatch goOn = new CountDownLatch(1);
        try (Messaging direct = started(vhost)) {
            Subscription subscription = direct.subscribe(QUEUE)
                    .bind("events", "user.deleted", VersionRange.parse("^1.0.0"))
                    .maxHandlingTime(Duration.ofMillis(100))
                    .handler(Deleted.class, (body, delivery) -> {
                        handled.add("" + body.id());
                        if (handled.size() == 1) {
                            goOn.await();
                        }
                    });
            active(subscription);
            direct.publisher("events").publishAndWait(Message.of(DELETED, new Deleted(1)));

            // The broker closed the channel and gave the message to the next one, while the first handler still runs.
            eventuallyDespiteExceptions(() -> assertThat(handled).containsExactly("1", "1"));
            eventuallyDespiteExceptions(
                    () -> assertThat(direct.health().healthy()).isTrue());
            goOn.countDown();
            direct.publisher("events").publishAndWait(Message.of(DELETED, new Deleted(2)));
            eventuallyDespiteExceptions(() -> assertThat(handled).containsExactly("1", "1", "2"));
            eventuallyDespiteExceptions(() ->
                    onChannel(channel -> assertThat(channel.messageCount(QUEUE)).isZero()));
        } finally {
            goOn.countDown();
            logger.detachAppender(log);
            broker.ctl(
                    "eval",
                    "application:set_env(rabbit, consumer_timeout, 1800000),"
                            + " application:set_env(rabbit, channel_tick_interval, 60000).");
        }
        assertThat(List.copyOf(log.list))
                .extracting(ILoggingEvent::getFormattedMessage)
                .filteredOn(line -> line.contains("has been running"))
                .singleElement()
                .asString()
                .contains(QUEUE, "user.deleted.1.0.0");
    }

    /** Each message fails once. */
    private void subscribeAndAge() {
        active(messaging
                .subscribe(QUEUE)
                .bind("events", "user.deleted", VersionRange.parse("^1.0.0"))
                .retry(DELAY)
                .handler(Deleted.class, (body, delivery) -> {
                    handled.add(body.id() + "." + delivery.attempt());
                    if (delivery.attempt() == 1) {
                        throw new IllegalStateException("on purpose");
                    }
                }));
        age();
    }

    /** A younger quorum queue may lose what it confirmed; that is the broker's own fault. */
    private static void age() {
        await().pollDelay(Duration.ofSeconds(3)).until(() -> true);
    }

    private interface OnChannel {
        void run(Channel channel) throws Exception;
    }

    private void onChannel(OnChannel work) throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(vhost.toString());
        try (Connection connection = factory.newConnection();
                Channel channel = connection.createChannel()) {
            work.run(channel);
        }
    }

    private Messaging started(URI uri) {
        Messaging made =
                Messaging.builder().uri(uri.toString()).connectionName("acks").build();
        open.add(made);
        made.start();
        assertThat(made.awaitConnected(Duration.ofSeconds(20))).isTrue();
        return made;
    }

    private static void active(Subscription subscription) {
        await().atMost(Duration.ofSeconds(20)).until(subscription::active);
    }
}
