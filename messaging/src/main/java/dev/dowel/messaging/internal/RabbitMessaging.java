package dev.dowel.messaging.internal;

import com.rabbitmq.client.ConnectionFactory;
import dev.dowel.messaging.ConnectionState;
import dev.dowel.messaging.Contract;
import dev.dowel.messaging.JsonCodec;
import dev.dowel.messaging.Messaging;
import dev.dowel.messaging.MessagingHealth;
import dev.dowel.messaging.MessagingListener;
import dev.dowel.messaging.ParkingLot;
import dev.dowel.messaging.Publisher;
import dev.dowel.messaging.Subscription;
import dev.dowel.messaging.SubscriptionBuilder;
import dev.dowel.messaging.TopologyMode;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Messaging over RabbitMQ: one supervised connection publishes, another consumes. */
final class RabbitMessaging implements Messaging {
    private static final Duration STOP_SUBSCRIPTIONS = Duration.ofSeconds(15);
    private static final Duration EXPIRE = Duration.ofMillis(250);
    private static final Duration LOOK_FOR_EXCHANGES = Duration.ofSeconds(1);
    private static final Duration COUNT = Duration.ofSeconds(5);

    private final JsonCodec json;
    private final String name;
    private final PublishOptions publish;
    private final List<Contract.Published> declared;
    private final Deprecations deprecations;
    private final PublishGate gate = new PublishGate();
    private final Lanes lanes;
    private final SupervisedConnection publishing;
    private final SupervisedConnection consuming;
    private final TopologyProblems problems;
    private final Events events;
    private final Tracing tracing;
    private final PublishedExchanges exchanges;
    private final Declarer declarer;
    private final ParkedCounts parked;
    private final Map<String, Publisher> publishers = new ConcurrentHashMap<>();
    private final Map<String, RabbitSubscription> subscriptions = new ConcurrentHashMap<>();
    private final Map<String, ParkingLot> parkingLots = new ConcurrentHashMap<>();
    private final List<Runnable> onConnected = new CopyOnWriteArrayList<>();
    private final AtomicBoolean started = new AtomicBoolean();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final AtomicBoolean tellingConnected = new AtomicBoolean();
    private final Callbacks callbacks;
    private final ExecutorService dispatch = Executors.newCachedThreadPool(threads("dowel-messaging handler"));
    private final ExecutorService connected = Executors.newSingleThreadExecutor(threads("dowel-messaging connected"));
    private final Timer timer = new Timer(threads("dowel-messaging timer"));

    RabbitMessaging(
            BrokerSettings broker,
            TopologyMode mode,
            String name,
            JsonCodec json,
            PublishOptions publish,
            List<Contract.Published> declared,
            Events events,
            Tracing tracing) {
        this.json = json;
        this.name = name;
        this.publish = publish;
        this.declared = declared;
        this.events = events;
        this.deprecations = new Deprecations(Clock.systemUTC(), events::deprecated);
        this.tracing = tracing;
        ConnectionEvents publisher = new ConnectionEvents(MessagingListener.Connection.PUBLISHING, events);
        ConnectionEvents consumer = new ConnectionEvents(MessagingListener.Connection.CONSUMING, events);
        this.publishing = connection(broker.factory(), broker.address(), " publisher", state -> {
            publishingChanged();
            publisher.now(state);
        });
        ConnectionFactory consumers = broker.factory();
        consumers.setTrafficListener(new CancelNotices(this::cancelledByBroker));
        this.consuming = connection(consumers, broker.address(), " consumer", state -> {
            consumingChanged();
            consumer.now(state);
        });
        this.problems = new TopologyProblems(events);
        Exchanges each = new Exchanges(mode, problems);
        this.exchanges = new PublishedExchanges(each, problems, publishing::current, dispatch, System::nanoTime);
        this.declarer = new Declarer(mode, each, problems);
        this.parked = new ParkedCounts(mode, problems);
        this.lanes = new Lanes(publish, gate, publishing::cut, dispatch, each);
        // As many in callbacks as in the windows.
        this.callbacks = new Callbacks(2 * Lane.WINDOW * publish.lanes(), threads("dowel-messaging callback"));
        gate.watch(publishing::state, publishing::current);
    }

    private static ThreadFactory threads(String name) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, name + " " + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    private SupervisedConnection connection(
            ConnectionFactory factory, BrokerAddress address, String purpose, Consumer<ConnectionState> onChange) {
        factory.setThreadFactory(threads("dowel-messaging io"));
        return new SupervisedConnection(name + purpose, factory, dispatch, address, new BackOff(), onChange);
    }

    private void publishingChanged() {
        gate.changed();
        if (publishing.state() == ConnectionState.CONNECTED) {
            exchanges.connected();
            // One that does not return keeps neither publications nor threads, only the others that hear of
            // connections.
            if (!onConnected.isEmpty() && tellingConnected.compareAndSet(false, true)) {
                connected.execute(() -> {
                    tellingConnected.set(false);
                    onConnected.forEach(Timer::guarded);
                });
            }
        }
    }

    private void countParked() {
        List<SubscriptionPlan> running = subscriptions.values().stream()
                .filter(RabbitSubscription::active)
                .map(RabbitSubscription::plan)
                .toList();
        consuming.current().ifPresent(open -> dispatch.execute(() -> parked.refresh(open, running)));
    }

    private void consumingChanged() {
        subscriptions.values().forEach(RabbitSubscription::check);
    }

    private void cancelledByBroker(String tag) {
        subscriptions.values().forEach(subscription -> subscription.cancelledByBroker(tag));
    }

    @Override
    public void start() {
        if (closed.get()) {
            throw new IllegalStateException("Messaging is closed");
        }
        if (started.compareAndSet(false, true)) {
            publishing.start();
            consuming.start();
            timer.every(COUNT, this::countParked);
            timer.every(EXPIRE, lanes::expire);
            timer.every(EXPIRE, callbacks::check);
            timer.every(LOOK_FOR_EXCHANGES, exchanges::check);
        }
    }

    @Override
    public boolean awaitConnected(Duration timeout) {
        try {
            return gate.awaitConnected(System.nanoTime() + timeout.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public Duration publishTimeout() {
        return publish.timeout();
    }

    @Override
    public Publisher publisher(String exchange) {
        Headers.checkShortString(exchange, "exchange");
        return publishers.computeIfAbsent(exchange, key -> {
            exchanges.add(key);
            return new RabbitPublisher(
                    key,
                    lanes,
                    new Encoding(key, json, tracing, publish.maxBodySize()),
                    name,
                    callbacks,
                    events,
                    deprecations);
        });
    }

    @Override
    public SubscriptionBuilder subscribe(String queue) {
        return new PlannedSubscription(queue, this::consume);
    }

    @Override
    public ParkingLot parkingLot(String queue) {
        Headers.checkShortString(queue, "queue");
        return parkingLots.computeIfAbsent(
                queue, key -> new RabbitParkingLot(key, consuming::current, lanes.any(), publish.timeout()));
    }

    private Subscription consume(SubscriptionPlan plan, Handlers handlers) {
        RabbitSubscription subscription = new RabbitSubscription(
                plan,
                declarer,
                new MessageProcessor(
                        plan,
                        new Handling(plan, handlers, json, tracing, deprecations),
                        lanes.any(),
                        new ConsumeEvents(plan, events, Clock.systemUTC())),
                consuming::current,
                dispatch,
                new BackOff(),
                () -> forget(plan));
        if (subscriptions.putIfAbsent(plan.queue(), subscription) != null) {
            throw new IllegalStateException(
                    "There is a subscription of " + plan.queue() + " already: raise its concurrency instead");
        }
        // After it was added: then either this sees that messaging is closed, or closing sees the subscription.
        if (closed.get()) {
            forget(plan);
            throw new IllegalStateException("Messaging is closed");
        }
        events.subscribed(plan.queue());
        subscription.start();
        return subscription;
    }

    private void forget(SubscriptionPlan plan) {
        subscriptions.remove(plan.queue());
        parked.forget(plan.queue());
    }

    @Override
    public Contract contract() {
        return new Contract(
                declared,
                subscriptions.values().stream()
                        .map(one -> one.plan().contract())
                        .sorted(Comparator.comparing(Contract.Consumed::queue))
                        .toList());
    }

    @Override
    public MessagingHealth health() {
        int active = 0;
        int wanted = 0;
        String error = publishing.lastError().isEmpty() ? consuming.lastError() : publishing.lastError();
        Set<String> wantedObjects = new HashSet<>();
        exchanges.names().forEach(exchange -> wantedObjects.add(Topology.exchange(exchange)));
        for (RabbitSubscription subscription : subscriptions.values()) {
            wantedObjects.addAll(subscription.topology().objects());
            active += subscription.activeConsumers();
            wanted += subscription.wantedConsumers();
            error = error.isEmpty() ? subscription.lastError() : error;
        }
        return new MessagingHealth(
                publishing.state(),
                consuming.state(),
                publishing.blockedSince(),
                lanes.inFlight(),
                active,
                wanted,
                parked.of(subscriptions.keySet()),
                problems.of(wantedObjects),
                error);
    }

    @Override
    public void onConnected(Runnable callback) {
        onConnected.add(Objects.requireNonNull(callback, "callback"));
    }

    @Override
    public JsonCodec json() {
        return json;
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            if (subscriptions.values().stream().anyMatch(RabbitSubscription::handlingHere)) {
                // A handler cannot wait for its own end, and needs the connections to settle its message.
                threads("dowel-messaging closing")
                        .newThread(this::stopAndDisconnect)
                        .start();
            } else {
                stopAndDisconnect();
            }
        }
    }

    private void stopAndDisconnect() {
        try {
            stopSubscriptions();
            timer.close();
            consuming.close();
            publishing.close();
            gate.changed();
            lanes.close();
            callbacks.close();
        } finally {
            connected.shutdown();
            dispatch.shutdown();
        }
    }

    private void stopSubscriptions() {
        long end = System.nanoTime() + STOP_SUBSCRIPTIONS.toNanos();
        // All at once, so that each has the whole time for its running handlers.
        for (RabbitSubscription one : subscriptions.values()) {
            CompletableFuture<Void> unused = one.cancel();
        }
        subscriptions.values().forEach(one -> one.stop(Duration.ofNanos(Math.max(1, end - System.nanoTime()))));
    }
}
