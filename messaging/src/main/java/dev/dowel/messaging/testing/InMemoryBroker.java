package dev.dowel.messaging.testing;

import dev.dowel.messaging.ConnectionState;
import dev.dowel.messaging.EncodedMessage;
import dev.dowel.messaging.PublishException;
import dev.dowel.messaging.RouteRequirement;
import dev.dowel.messaging.internal.Headers;
import dev.dowel.messaging.internal.TopicPattern;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/** What stands for a broker behind the double: the state of the connections, the queues, and what was published. */
final class InMemoryBroker {
    private final ReentrantLock lock = new ReentrantLock();
    private final VirtualClock clock = new VirtualClock();
    private final Observers observers = new Observers();
    private final Faults faults = new Faults(this::restored, this::tellState);
    private final Map<String, InMemoryQueue> queues = new ConcurrentHashMap<>();
    private final List<Published> published = new CopyOnWriteArrayList<>();
    private final List<Runnable> onConnected = new CopyOnWriteArrayList<>();
    private volatile boolean started;
    private volatile boolean closed;

    private record Published(String exchange, EncodedMessage message, Instant at) {}

    Observers observers() {
        return observers;
    }

    Faults faults() {
        return faults;
    }

    VirtualClock clock() {
        return clock;
    }

    void onConnected(Runnable callback) {
        onConnected.add(callback);
    }

    <R> R locked(Supplier<R> work) {
        lock.lock();
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }

    void advance(Duration time) {
        lock.lock();
        try {
            clock.advance(time);
        } finally {
            lock.unlock();
        }
    }

    Optional<InMemoryQueue> queue(String name) {
        return Optional.ofNullable(queues.get(name));
    }

    InMemoryQueue declared(String name) {
        return queues.computeIfAbsent(name, fresh -> new InMemoryQueue(fresh, this));
    }

    Collection<InMemoryQueue> queues() {
        return queues.values();
    }

    void start() {
        started = true;
        restored();
    }

    boolean started() {
        return started;
    }

    void close() {
        closed = true;
        if (started) {
            tellState();
        }
        locked(() -> {
            queues.values().forEach(InMemoryQueue::stop);
            return null;
        });
    }

    ConnectionState state() {
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

    private void tellState() {
        observers.state(state());
    }

    private void restored() {
        tellState();
        if (state() == ConnectionState.CONNECTED) {
            locked(() -> {
                queues.values().forEach(InMemoryQueue::deliver);
                return null;
            });
            onConnected.forEach(Runnable::run);
        }
    }

    /** Routes a message; throws what a publisher would be told. */
    void accept(String exchange, EncodedMessage message) {
        lock.lock();
        try {
            Optional<PublishException.Kind> refused = refusedKind();
            if (refused.isPresent()) {
                throw new PublishException(
                        refused.get(), message.routingKey() + " was not sent: " + reason(refused.get()), null);
            }
            if (!routed(exchange, message) && message.route() != RouteRequirement.NONE) {
                throw new PublishException(
                        PublishException.Kind.UNROUTABLE,
                        message.routingKey() + " to exchange " + Headers.shown(exchange) + " reached no queue",
                        null);
            }
            // To the second, as over the wire.
            Instant at = clock.instant().truncatedTo(ChronoUnit.SECONDS);
            published.add(new Published(exchange, message, at));
            route(exchange, faults.takeGarbled() ? Faults.garbled(message) : message, at);
        } finally {
            lock.unlock();
        }
    }

    private boolean routed(String exchange, EncodedMessage message) {
        return queues.values().stream().anyMatch(one -> one.routes(exchange, message.routingKey()));
    }

    private void route(String exchange, EncodedMessage message, Instant at) {
        queues.values().stream()
                .filter(one -> one.routes(exchange, message.routingKey()))
                .toList()
                .forEach(one -> one.offer(QueuedMessage.fresh(exchange, message, at)));
    }

    List<EncodedMessage> published(String keyPattern) {
        return published.stream()
                .map(Published::message)
                .filter(message -> TopicPattern.matches(keyPattern, message.routingKey()))
                .toList();
    }

    void redeliver(String messageId) {
        Published found = published.stream()
                .filter(one -> one.message().messageId().equals(messageId))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("No message with this id was published"));
        locked(() -> {
            route(found.exchange(), found.message(), found.at());
            return null;
        });
    }

    /** Returns why nothing can be published now, and uses up a nack on demand. */
    Optional<String> refusal() {
        return refusedKind().map(this::reason);
    }

    private Optional<PublishException.Kind> refusedKind() {
        ConnectionState state = state();
        if (state == ConnectionState.BLOCKED) {
            return Optional.of(PublishException.Kind.BLOCKED);
        }
        if (state != ConnectionState.CONNECTED) {
            return Optional.of(PublishException.Kind.NOT_CONNECTED);
        }
        return faults.takeNack() ? Optional.of(PublishException.Kind.NACKED) : Optional.empty();
    }

    private String reason(PublishException.Kind refused) {
        return switch (refused) {
            case BLOCKED -> "publishers are blocked";
            case NACKED -> "the broker refused it (basic.nack)";
            default -> started ? "the connection is dropped" : "call start() first";
        };
    }
}
