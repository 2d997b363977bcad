package dev.dowel.messaging.testing;

import dev.dowel.messaging.ConnectionState;
import dev.dowel.messaging.Contract;
import dev.dowel.messaging.EncodedMessage;
import dev.dowel.messaging.EventType;
import dev.dowel.messaging.JsonCodec;
import dev.dowel.messaging.Messaging;
import dev.dowel.messaging.MessagingHealth;
import dev.dowel.messaging.MessagingListener;
import dev.dowel.messaging.ParkedMessage;
import dev.dowel.messaging.ParkingLot;
import dev.dowel.messaging.Publisher;
import dev.dowel.messaging.Subscription;
import dev.dowel.messaging.SubscriptionBuilder;
import dev.dowel.messaging.TraceContext;
import dev.dowel.messaging.internal.ConsumeEvents;
import dev.dowel.messaging.internal.DeclaredEvents;
import dev.dowel.messaging.internal.Deprecations;
import dev.dowel.messaging.internal.Handlers;
import dev.dowel.messaging.internal.Handling;
import dev.dowel.messaging.internal.PlannedSubscription;
import dev.dowel.messaging.internal.SubscriptionPlan;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Messaging without a broker, for unit tests: routing by exchange, event name and version range, retries on a virtual
 * clock, a parking lot, and faults on demand. Handlers run on the thread that publishes, before {@code publish} returns,
 * one at a time, so a test can assert at once; retries run in {@link #advance(Duration)}. Bodies are encoded and decoded
 * as they are over the wire. Nothing of a broker's inside (exchange types, dead-letter internals) is imitated.
 *
 * <pre>{@code
 * InMemoryMessaging messaging = new InMemoryMessaging();
 * messaging.start();
 * // ... wire the service with it, call the service ...
 * assertThat(messaging.published("user.deleted.*.*.*")).hasSize(1);
 * }</pre>
 */
public final class InMemoryMessaging implements Messaging {
    private final JsonCodec json;
    private final InMemoryBroker broker = new InMemoryBroker();
    private final DeclaredEvents declared = new DeclaredEvents();
    private final Deprecations deprecations =
            new Deprecations(broker.clock(), version -> observers().events().deprecated(version));

    /** Makes a double with the default codec. */
    public InMemoryMessaging() {
        this(JsonCodec.jackson2());
    }

    /**
     * Makes a double.
     *
     * @param json how bodies become JSON
     */
    public InMemoryMessaging(JsonCodec json) {
        this.json = Objects.requireNonNull(json, "json");
    }

    /**
     * Adds somebody who hears what happens, on the thread that makes it happen. Call it before {@link #start()}.
     *
     * @param listener hears the same as with a broker
     * @return this
     * @throws IllegalStateException if it is started already
     */
    public InMemoryMessaging listener(MessagingListener listener) {
        checkNotStarted();
        observers().add(Objects.requireNonNull(listener, "listener"), this::health);
        return this;
    }

    /**
     * Sets what carries traces over messages. Call it before {@link #start()}.
     *
     * @param context called on the thread that publishes, which also handles
     * @return this
     * @throws IllegalStateException if it is started already
     */
    public InMemoryMessaging traceContext(TraceContext context) {
        checkNotStarted();
        observers().trace(Objects.requireNonNull(context, "context"));
        return this;
    }

    private void checkNotStarted() {
        if (broker.started()) {
            throw new IllegalStateException("It is started already: set this before");
        }
    }

    Observers observers() {
        return broker.observers();
    }

    Deprecations deprecations() {
        return deprecations;
    }

    InMemoryBroker broker() {
        return broker;
    }

    /**
     * Returns the switches for faults.
     *
     * @return the faults
     */
    public Faults faults() {
        return broker.faults();
    }

    /**
     * Declares events that the service publishes, like {@link Messaging.Builder#publishes}.
     *
     * @param exchange where they are published; 1 to 255 bytes in UTF-8
     * @param types the events in all their versions, deprecated ones included
     * @return this double
     * @throws IllegalArgumentException if the name is empty or longer, or an event is declared twice in one version
     */
    public InMemoryMessaging publishes(String exchange, EventType<?>... types) {
        declared.add(exchange, types);
        return this;
    }

    /**
     * Returns what was confirmed, in order.
     *
     * @param keyPattern a topic pattern: {@code *} stands for one word, {@code #} for any number
     * @return the messages whose routing key matches
     */
    public List<EncodedMessage> published(String keyPattern) {
        return broker.published(keyPattern);
    }

    /**
     * Returns what a subscription has parked, in order, with the reasons. Needs no connection, unlike
     * {@link #parkingLot(String)}.
     *
     * @param queue the subscription's queue
     * @return the messages; empty if there never was such a subscription
     */
    public List<ParkedMessage> parked(String queue) {
        return broker.locked(() -> broker.queue(queue)
                .map(found -> found.parked().stream()
                        .map(InMemoryQueue.Parked::report)
                        .toList())
                .orElse(List.of()));
    }

    /**
     * Delivers a published message once more, as a broker may.
     *
     * @param messageId the message's id
     * @throws IllegalArgumentException if no such message was published
     */
    public void redeliver(String messageId) {
        broker.redeliver(messageId);
    }

    /**
     * Moves the virtual clock and runs the retries that become due, in order of time.
     *
     * @param time how far
     */
    public void advance(Duration time) {
        broker.advance(time);
    }

    @Override
    public void start() {
        broker.start();
    }

    @Override
    public boolean awaitConnected(Duration timeout) {
        return broker.delivering();
    }

    @Override
    public Publisher publisher(String exchange) {
        int length = exchange.getBytes(StandardCharsets.UTF_8).length;
        if (length == 0 || length > 255) {
            throw new IllegalArgumentException("exchange has 1 to 255 bytes in UTF-8");
        }
        return new InMemoryPublisher(exchange, this);
    }

    @Override
    public SubscriptionBuilder subscribe(String queue) {
        return new PlannedSubscription(queue, this::consume);
    }

    @Override
    public ParkingLot parkingLot(String queue) {
        return new InMemoryParkingLot(queue, broker);
    }

    private Subscription consume(SubscriptionPlan plan, Handlers handlers) {
        return broker.locked(() -> {
            InMemoryQueue queue = broker.declared(plan.queue());
            if (broker.state() == ConnectionState.CLOSED || queue.consumed()) {
                throw new IllegalStateException(
                        "Messaging is closed, or there is a subscription of " + plan.queue() + " already");
            }
            observers().events().subscribed(plan.queue());
            queue.consume(
                    plan,
                    new Handling(plan, handlers, json, observers().tracing(), deprecations),
                    new ConsumeEvents(plan, observers().events(), broker.clock()));
            return new InMemorySubscription(plan.queue(), broker);
        });
    }

    @Override
    public Contract contract() {
        return broker.locked(() -> new Contract(
                declared.all(),
                broker.queues().stream()
                        .flatMap(queue -> queue.contract().stream())
                        .sorted(Comparator.comparing(Contract.Consumed::queue))
                        .toList()));
    }

    @Override
    public MessagingHealth health() {
        ConnectionState state = broker.state();
        Faults faults = broker.faults();
        Map<String, Long> parked = new HashMap<>();
        int wanted = broker.locked(() -> {
            broker.queues().stream()
                    .filter(queue -> queue.consumers() > 0)
                    .forEach(queue ->
                            parked.put(queue.name(), (long) queue.parked().size()));
            return broker.queues().stream().mapToInt(InMemoryQueue::consumers).sum();
        });
        return new MessagingHealth(
                state,
                Observers.consuming(state),
                state == ConnectionState.BLOCKED ? faults.blockedSince() : Optional.empty(),
                0,
                broker.delivering() ? wanted : 0,
                wanted,
                parked,
                Map.of(),
                faults.dropped() ? "The connections are dropped on purpose" : "");
    }

    @Override
    public void onConnected(Runnable callback) {
        broker.onConnected(Objects.requireNonNull(callback, "callback"));
    }

    @Override
    public JsonCodec json() {
        return json;
    }

    @Override
    public void close() {
        broker.close();
    }
}
