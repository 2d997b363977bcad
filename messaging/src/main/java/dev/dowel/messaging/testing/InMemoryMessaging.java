package dev.dowel.messaging.testing;

import dev.dowel.messaging.ConnectionState;
import dev.dowel.messaging.EncodedMessage;
import dev.dowel.messaging.JsonCodec;
import dev.dowel.messaging.Messaging;
import dev.dowel.messaging.MessagingHealth;
import dev.dowel.messaging.PublishException;
import dev.dowel.messaging.Publisher;
import dev.dowel.messaging.RouteRequirement;
import dev.dowel.messaging.SubscriptionBuilder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;

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
    private final Faults faults = new Faults(this::restored);
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, InMemorySubscription> subscriptions = new ConcurrentHashMap<>();
    private final List<EncodedMessage> published = new CopyOnWriteArrayList<>();
    private final List<Runnable> onConnected = new CopyOnWriteArrayList<>();
    private final List<Scheduled> scheduled = new ArrayList<>();
    private Duration now = Duration.ZERO;
    private volatile boolean started;
    private volatile boolean closed;

    /** A delivery that waits for the virtual clock. */
    private record Scheduled(Duration at, Runnable delivery) {}

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
     * Returns the switches for faults.
     *
     * @return the faults
     */
    public Faults faults() {
        return faults;
    }

    /**
     * Returns what was confirmed, in order.
     *
     * @param keyPattern a topic pattern: {@code *} stands for one word
     * @return the messages whose routing key matches
     */
    public List<EncodedMessage> published(String keyPattern) {
        return published.stream()
                .filter(message -> matches(keyPattern, message.routingKey()))
                .toList();
    }

    /**
     * Returns what a subscription has parked, in order.
     *
     * @param queue the subscription's queue
     * @return the messages; empty if there is no such subscription
     */
    public List<EncodedMessage> parked(String queue) {
        InMemorySubscription subscription = subscriptions.get(queue);
        return subscription == null ? List.of() : subscription.parked();
    }

    /**
     * Delivers a published message once more, as a broker may.
     *
     * @param messageId the message's id
     * @throws IllegalArgumentException if no such message was published
     */
    public void redeliver(String messageId) {
        EncodedMessage message = published.stream()
                .filter(one -> one.messageId().equals(messageId))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("No message with this id was published"));
        subscriptions.values().forEach(subscription -> subscription.offer(message));
    }

    /**
     * Moves the virtual clock and runs the retries that become due, in order of time.
     *
     * @param time how far
     */
    public void advance(Duration time) {
        lock.lock();
        try {
            Duration target = now.plus(time);
            while (true) {
                Optional<Scheduled> due = scheduled.stream()
                        .filter(one -> one.at().compareTo(target) <= 0)
                        .min(Comparator.comparing(Scheduled::at));
                if (due.isEmpty()) {
                    break;
                }
                scheduled.remove(due.get());
                now = due.get().at();
                due.get().delivery().run();
            }
            now = target;
        } finally {
            lock.unlock();
        }
    }

    void later(Duration delay, Runnable delivery) {
        lock.lock();
        try {
            scheduled.add(new Scheduled(now.plus(delay), delivery));
        } finally {
            lock.unlock();
        }
    }

    /** Routes a message; throws what a publisher would be told. */
    void accept(String exchange, EncodedMessage message) {
        lock.lock();
        try {
            refuse(message);
            List<InMemorySubscription> bound = subscriptions.values().stream()
                    .filter(one -> one.routes(exchange, message.routingKey()))
                    .toList();
            if (bound.isEmpty() && message.route() != RouteRequirement.NONE) {
                throw new PublishException(
                        PublishException.Kind.UNROUTABLE,
                        message.routingKey() + " to exchange " + exchange + " reached no queue",
                        null);
            }
            published.add(message);
            bound.forEach(subscription -> subscription.offer(message));
        } finally {
            lock.unlock();
        }
    }

    private void refuse(EncodedMessage message) {
        ConnectionState state = state();
        if (state == ConnectionState.BLOCKED) {
            throw new PublishException(
                    PublishException.Kind.BLOCKED,
                    message.routingKey() + " was not sent: publishers are blocked",
                    null);
        }
        if (state != ConnectionState.CONNECTED) {
            throw new PublishException(
                    PublishException.Kind.NOT_CONNECTED,
                    message.routingKey() + " was not sent: "
                            + (started ? "the connection is dropped" : "call start() first"),
                    null);
        }
        if (faults.takeNack()) {
            throw new PublishException(
                    PublishException.Kind.NACKED, message.routingKey() + " was refused (basic.nack)", null);
        }
    }

    private static boolean matches(String pattern, String key) {
        String[] wanted = pattern.split("\\.", -1);
        String[] words = key.split("\\.", -1);
        if (wanted.length != words.length) {
            return false;
        }
        for (int i = 0; i < words.length; i++) {
            if (!wanted[i].equals("*") && !wanted[i].equals(words[i])) {
                return false;
            }
        }
        return true;
    }

    private void restored() {
        if (state() == ConnectionState.CONNECTED) {
            subscriptions.values().forEach(InMemorySubscription::deliverWaiting);
            onConnected.forEach(Runnable::run);
        }
    }

    private ConnectionState state() {
        if (closed) {
            return ConnectionState.CLOSED;
        }
        if (!started) {
            return ConnectionState.NEW;
        }
        if (faults.dropped()) {
            return ConnectionState.BACKING_OFF;
        }
        return faults.blocked() ? ConnectionState.BLOCKED : ConnectionState.CONNECTED;
    }

    boolean delivering() {
        ConnectionState state = state();
        return state == ConnectionState.CONNECTED || state == ConnectionState.BLOCKED;
    }

    @Override
    public void start() {
        started = true;
        restored();
    }

    @Override
    public boolean awaitConnected(Duration timeout) {
        return delivering();
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
        return new InMemorySubscriptionBuilder(queue, this);
    }

    void add(InMemorySubscription subscription) {
        if (closed || subscriptions.putIfAbsent(subscription.queue(), subscription) != null) {
            throw new IllegalStateException(
                    "Messaging is closed, or there is a subscription of " + subscription.queue() + " already");
        }
    }

    void remove(String queue) {
        subscriptions.remove(queue);
    }

    @Override
    public MessagingHealth health() {
        int wanted = subscriptions.size();
        return new MessagingHealth(state(), delivering() ? wanted : 0, wanted, "");
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
        closed = true;
        subscriptions.clear();
    }
}
