package dev.dowel.messaging;

import static dev.dowel.messaging.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.time.Duration;
import java.time.LocalDate;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The steps of "Changing an event", while events go on: nobody misses one and nobody gets one twice. */
public abstract class MigrationContract {
    /** The old form. */
    public record Deleted(int id) {}

    /** The new form. */
    public record Deleted2(String userId) {}

    /** What a publisher sends of each event. */
    private enum Phase {
        ONLY_OLD,
        BOTH,
        BOTH_AND_OLD_ENDS,
        ONLY_NEW
    }

    private static final int EVENTS_PER_STEP = 20;
    private static final EventType<Deleted> V1 = EventType.of("user.deleted", "1.0.0", Deleted.class);
    private static final EventType<Deleted> V1_ENDS = V1.deprecated(LocalDate.of(9999, 12, 31));
    private static final EventType<Deleted2> V2 = EventType.of("user.deleted", "2.0.0", Deleted2.class);

    private final Map<String, List<Integer>> handled = new ConcurrentHashMap<>();
    private final Set<String> toldOfTheEnd = ConcurrentHashMap.newKeySet();
    private final Set<String> done = new HashSet<>();
    private final Inbox inbox = this::once;
    private final AtomicInteger published = new AtomicInteger();
    private final List<Throwable> failures = new CopyOnWriteArrayList<>();
    private volatile Phase phase = Phase.ONLY_OLD;
    private volatile boolean stopped;
    private Messaging messaging;
    private Thread publisher;

    /** Makes messaging that is not started. */
    protected abstract Messaging messaging();

    /** Returns the queues that an event in the version would reach, as far as this can be known. */
    protected abstract List<String> boundTo(Messaging messaging, String exchange, EventType<?> type);

    /** Removes what the subscription does not want. */
    protected abstract void pruneBindings(Contract.Consumed consumed);

    @BeforeEach
    void start() {
        messaging = messaging();
        messaging.start();
        assertThat(messaging.awaitConnected(Duration.ofSeconds(20))).isTrue();
        publisher = new Thread(this::publish, "publisher");
    }

    @AfterEach
    void stop() throws Exception {
        stopped = true;
        publisher.join(20_000);
        messaging.close();
    }

    @Test
    void old_new_and_spanning_consumers_see_each_event_once_through_all_steps() throws Exception {
        // 1. The old version only. One consumer takes it, another is ready for both.
        Subscription old = started(
                messaging.subscribe("old").on("events", V1, oldForm("old")).start());
        Subscription spanning = started(spanning("spanning"));
        publisher.start();
        someMore();

        // 2. Both versions, as one event. A new consumer needs the new one only.
        phase = Phase.BOTH;
        someMore();
        started(messaging.subscribe("new").on("events", V2, newForm("new")).start());
        int boundFrom = published.get() + 2;
        someMore();

        // 3. The old consumer gets an inbox, in a step of its own: the binding of the next one may come to be between
        // the
        // two forms of an event. Then it takes both, for as long as its queue has events that came in the old form
        // only.
        old.close();
        Subscription remembering = started(messaging
                .subscribe("old")
                .on("events", V1, oldForm("old"))
                .idempotent(inbox.byEvent())
                .start());
        catchUp("old");
        remembering.close();
        Subscription between = started(spanning("old"));
        catchUp("old");
        someMore();

        // 4. The old version is announced to end: who still takes it is told.
        phase = Phase.BOTH_AND_OLD_ENDS;
        someMore();
        assertThat(boundTo(messaging, "events", V1)).contains("old", "spanning");

        // 5. One after the other goes without it. The inbox stays: the other form of an event may be in the queue.
        between.close();
        started(onlyNew("old"));
        someMore();
        spanning.close();
        started(onlyNew("spanning"));
        messaging.contract().consumed().forEach(this::pruneBindings);
        someMore();

        // 6. Nobody is bound to it any more, so it can stop.
        assertThat(boundTo(messaging, "events", V1)).isEmpty();
        phase = Phase.ONLY_NEW;
        someMore();
        stopped = true;
        publisher.join(20_000);

        assertThat(failures).isEmpty();
        int last = published.get();
        eventually(
                () -> assertThat(List.copyOf(handled.get("old"))).containsExactlyInAnyOrderElementsOf(upTo(1, last)));
        eventually(() ->
                assertThat(List.copyOf(handled.get("spanning"))).containsExactlyInAnyOrderElementsOf(upTo(1, last)));
        int first = handled.get("new").get(0);
        assertThat(first).isBetween(EVENTS_PER_STEP, boundFrom);
        eventually(() ->
                assertThat(List.copyOf(handled.get("new"))).containsExactlyInAnyOrderElementsOf(upTo(first, last)));
        for (String queue : List.of("old", "spanning", "new")) {
            assertThat(messaging.parkingLot(queue).count()).isZero();
        }
        assertThat(toldOfTheEnd).containsExactlyInAnyOrder("old", "spanning");
    }

    private void publish() {
        while (!stopped) {
            int id = published.get() + 1;
            MessageSet event = MessageSet.create();
            Phase now = phase;
            if (now == Phase.ONLY_OLD || now == Phase.BOTH) {
                event = event.add(V1, new Deleted(id));
            } else if (now == Phase.BOTH_AND_OLD_ENDS) {
                event = event.add(V1_ENDS, new Deleted(id));
            }
            if (now != Phase.ONLY_OLD) {
                event = event.add(V2, new Deleted2(Integer.toString(id)));
            }
            try {
                messaging.publisher("events").publishAndWait(event);
            } catch (RuntimeException e) {
                failures.add(e);
                return;
            }
            published.set(id);
        }
    }

    private MessageHandler<Deleted> oldForm(String queue) {
        return (body, delivery) -> handled(queue, body.id(), delivery);
    }

    private MessageHandler<Deleted2> newForm(String queue) {
        return (body, delivery) -> handled(queue, Integer.parseInt(body.userId()), delivery);
    }

    private void handled(String queue, int id, Delivery delivery) {
        handled.computeIfAbsent(queue, name -> new CopyOnWriteArrayList<>()).add(id);
        if (delivery.headers().containsKey("message-sunset")) {
            toldOfTheEnd.add(queue);
        }
    }

    private void someMore() {
        int enough = published.get() + EVENTS_PER_STEP;
        eventually(() -> {
            assertThat(failures).isEmpty();
            assertThat(published.get()).isGreaterThanOrEqualTo(enough);
        });
    }

    /** Waits until a queue is past everything that was published before now. */
    private void catchUp(String queue) {
        int later = published.get() + 2;
        eventually(() -> assertThat(handled.get(queue)).anyMatch(id -> id >= later));
    }

    private static List<Integer> upTo(int first, int last) {
        return IntStream.rangeClosed(first, last).boxed().toList();
    }

    private Subscription spanning(String queue) {
        return messaging
                .subscribe(queue)
                .on("events", V1, oldForm(queue))
                .on("events", V2, newForm(queue))
                .idempotent(inbox.byEvent())
                .start();
    }

    /** With one handler for all, what comes in the old form by a binding that is still there is skipped, not parked. */
    private Subscription onlyNew(String queue) {
        return messaging
                .subscribe(queue)
                .bind("events", "user.deleted", VersionRange.parse("^2.0.0"))
                .idempotent(inbox.byEvent())
                .handler(Deleted2.class, newForm(queue));
    }

    private static Subscription started(Subscription subscription) {
        await().atMost(Duration.ofSeconds(30)).until(subscription::active);
        return subscription;
    }

    /** What an inbox in memory does: it remembers what it ran. */
    private boolean once(String consumer, String id, Inbox.Work work) throws Exception {
        synchronized (done) {
            if (done.contains(consumer + id)) {
                return false;
            }
            work.run((Connection) null);
            return done.add(consumer + id);
        }
    }
}
