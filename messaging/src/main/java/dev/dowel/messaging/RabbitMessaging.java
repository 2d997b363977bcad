package dev.dowel.messaging;

import com.rabbitmq.client.ConnectionFactory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Messaging over RabbitMQ: one supervised connection publishes, another consumes. */
final class RabbitMessaging implements Messaging {
    private static final Logger LOG = LoggerFactory.getLogger(Messaging.class);
    private static final Duration STOP_SUBSCRIPTIONS = Duration.ofSeconds(15);
    private static final long EXPIRE_MILLIS = 250;
    private static final int CALLBACK_THREADS = 4;

    private final JsonCodec json;
    private final String name;
    private final int maxBodySize;
    private final PublishGate gate = new PublishGate();
    private final Lane lane;
    private final SupervisedConnection publishing;
    private final SupervisedConnection consuming;
    private final Map<String, Publisher> publishers = new ConcurrentHashMap<>();
    private final Map<String, RabbitSubscription> subscriptions = new ConcurrentHashMap<>();
    private final List<Runnable> onConnected = new CopyOnWriteArrayList<>();
    private final AtomicBoolean started = new AtomicBoolean();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final ExecutorService callbacks = callbacks();
    private final ExecutorService dispatch = Executors.newCachedThreadPool(threads("dowel-messaging handler"));
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(threads("dowel-messaging timer"));

    RabbitMessaging(BrokerAddress address, String name, JsonCodec json, Duration publishTimeout, int maxBodySize) {
        this.json = json;
        this.name = name;
        this.maxBodySize = maxBodySize;
        this.publishing =
                new SupervisedConnection(name + " publisher", factory(address), address, this::publishingChanged);
        this.consuming =
                new SupervisedConnection(name + " consumer", factory(address), address, this::consumingChanged);
        this.lane = new Lane(gate, publishTimeout, publishing::cut, dispatch);
        gate.watch(publishing::state, publishing::current);
    }

    /** A few threads; after close() what is left runs where it arises, so that no future stays open. */
    private static ExecutorService callbacks() {
        ThreadPoolExecutor few = new ThreadPoolExecutor(
                CALLBACK_THREADS,
                CALLBACK_THREADS,
                1,
                TimeUnit.MINUTES,
                new LinkedBlockingQueue<>(),
                threads("dowel-messaging callback"),
                (task, pool) -> task.run());
        few.allowCoreThreadTimeOut(true);
        return few;
    }

    private static ThreadFactory threads(String name) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, name + " " + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    private ConnectionFactory factory(BrokerAddress address) {
        ConnectionFactory factory = new ConnectionFactory();
        address.configure(factory);
        factory.setAutomaticRecoveryEnabled(false);
        factory.setTopologyRecoveryEnabled(false);
        factory.setRequestedHeartbeat(15);
        factory.setConnectionTimeout(5_000);
        factory.setHandshakeTimeout(10_000);
        factory.setChannelRpcTimeout(10_000);
        factory.setShutdownTimeout(5_000);
        factory.setSharedExecutor(dispatch);
        factory.setThreadFactory(threads("dowel-messaging io"));
        return factory;
    }

    private void publishingChanged() {
        gate.changed();
        if (publishing.state() == ConnectionState.CONNECTED) {
            onConnected.forEach(callback -> callbacks.execute(() -> run(callback)));
        }
    }

    private static void run(Runnable callback) {
        try {
            callback.run();
        } catch (RuntimeException e) {
            LOG.warn("A callback for a new connection failed", e);
        }
    }

    private void consumingChanged() {
        subscriptions.values().forEach(RabbitSubscription::check);
    }

    @Override
    public void start() {
        if (closed.get()) {
            throw new IllegalStateException("Messaging is closed");
        }
        if (started.compareAndSet(false, true)) {
            publishing.start();
            consuming.start();
            ScheduledFuture<?> unused =
                    timer.scheduleWithFixedDelay(lane::expire, EXPIRE_MILLIS, EXPIRE_MILLIS, TimeUnit.MILLISECONDS);
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
    public Publisher publisher(String exchange) {
        Headers.checkShortString(exchange, "exchange");
        return publishers.computeIfAbsent(
                exchange, key -> new RabbitPublisher(key, lane, json, name, maxBodySize, callbacks));
    }

    @Override
    public SubscriptionBuilder subscribe(String queue) {
        return new PlannedSubscription(queue, this::consume);
    }

    private <T> Subscription consume(SubscriptionPlan plan, Class<T> type, MessageHandler<T> handler) {
        if (closed.get()) {
            throw new IllegalStateException("Messaging is closed");
        }
        RabbitSubscription subscription = new RabbitSubscription(
                plan,
                new MessageProcessor<>(plan, type, handler, json, lane),
                consuming::current,
                dispatch,
                () -> subscriptions.remove(plan.queue()));
        if (subscriptions.putIfAbsent(plan.queue(), subscription) != null) {
            throw new IllegalStateException(
                    "There is a subscription of " + plan.queue() + " already: raise its concurrency instead");
        }
        subscription.start();
        return subscription;
    }

    @Override
    public MessagingHealth health() {
        int active = 0;
        int wanted = 0;
        String error = publishing.lastError().isEmpty() ? consuming.lastError() : publishing.lastError();
        for (RabbitSubscription subscription : subscriptions.values()) {
            active += subscription.activeConsumers();
            wanted += subscription.wantedConsumers();
            error = error.isEmpty() ? subscription.lastError() : error;
        }
        return new MessagingHealth(publishing.state(), active, wanted, error);
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
            long end = System.nanoTime() + STOP_SUBSCRIPTIONS.toNanos();
            // All at once, so that each has the whole time for its running handlers.
            for (RabbitSubscription one : subscriptions.values()) {
                CompletableFuture<Void> unused = one.cancel();
            }
            subscriptions.values().forEach(one -> one.stop(Duration.ofNanos(Math.max(1, end - System.nanoTime()))));
            timer.shutdownNow();
            consuming.close();
            publishing.close();
            gate.changed();
            lane.close();
            callbacks.shutdown();
            dispatch.shutdown();
        }
    }
}
