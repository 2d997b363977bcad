package dev.dowel.messaging.testing;

import dev.dowel.messaging.EncodedMessage;
import dev.dowel.messaging.Inbox;
import dev.dowel.messaging.MessageHandler;
import dev.dowel.messaging.RejectMessage;
import dev.dowel.messaging.RetryLater;
import dev.dowel.messaging.Subscription;
import dev.dowel.messaging.Version;
import dev.dowel.messaging.VersionRange;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One queue of the double with its handler, its retries and its parking lot. */
final class InMemorySubscription implements Subscription {
    private final String queue;
    private final List<Binding> bindings;
    private final List<Duration> retries;
    private final @Nullable Inbox inbox;
    private final MessageHandler<byte[]> handler;
    private final Consumer<byte[]> decodable;
    private final InMemoryMessaging messaging;
    private final List<EncodedMessage> parked = new CopyOnWriteArrayList<>();
    private final Queue<EncodedMessage> waiting = new ConcurrentLinkedQueue<>();
    private volatile boolean stopped;

    /** One event in a range of versions on an exchange. */
    record Binding(String exchange, String eventName, VersionRange versions) {
        /** Tells whether the broker would route the key here; ranges finer than a word are filtered on arrival. */
        boolean routes(String toExchange, String key) {
            return exchange.equals(toExchange)
                    && versions.bindingKeys(eventName).stream()
                            .anyMatch(pattern ->
                                    key.matches(pattern.replace(".", "\\.").replace("*", "[^.]*")));
        }
    }

    InMemorySubscription(
            String queue,
            List<Binding> bindings,
            List<Duration> retries,
            @Nullable Inbox inbox,
            MessageHandler<byte[]> handler,
            Consumer<byte[]> decodable,
            InMemoryMessaging messaging) {
        this.queue = queue;
        this.bindings = bindings;
        this.retries = retries;
        this.inbox = inbox;
        this.handler = handler;
        this.decodable = decodable;
        this.messaging = messaging;
    }

    boolean routes(String exchange, String key) {
        return bindings.stream().anyMatch(binding -> binding.routes(exchange, key));
    }

    void offer(EncodedMessage message) {
        waiting.add(message);
        deliverWaiting();
    }

    void deliverWaiting() {
        while (!stopped && messaging.delivering()) {
            EncodedMessage next = waiting.poll();
            if (next == null) {
                return;
            }
            deliver(next, 1);
        }
    }

    private void deliver(EncodedMessage message, int attempt) {
        InMemoryDelivery delivery = new InMemoryDelivery(message, attempt);
        if (delivery.version().isPresent()
                && !wants(message.type(), delivery.version().get())) {
            return;
        }
        try {
            decodable.accept(message.body());
        } catch (RuntimeException e) {
            parked.add(message);
            return;
        }
        try {
            if (inbox == null) {
                handler.handle(message.body(), delivery);
            } else {
                inbox.once(queue, message.eventId(), connection -> {
                    delivery.connection(connection);
                    handler.handle(message.body(), delivery);
                });
            }
        } catch (RejectMessage e) {
            parked.add(message);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            waiting.add(message);
        } catch (Exception e) {
            failed(message, attempt, e);
        }
    }

    private void failed(EncodedMessage message, int attempt, Exception e) {
        if (attempt > retries.size()) {
            parked.add(message);
            return;
        }
        Duration delay = e instanceof RetryLater later ? longEnough(later.delay()) : retries.get(attempt - 1);
        messaging.later(delay, () -> {
            if (!stopped) {
                deliver(message, attempt + 1);
            }
        });
    }

    private Duration longEnough(Duration wanted) {
        List<Duration> sorted = new ArrayList<>(retries);
        sorted.sort(Comparator.naturalOrder());
        return sorted.stream()
                .filter(delay -> delay.compareTo(wanted) >= 0)
                .findFirst()
                .orElseGet(() -> sorted.get(sorted.size() - 1));
    }

    private boolean wants(String eventName, Version version) {
        return bindings.stream()
                .anyMatch(binding -> binding.eventName().equals(eventName)
                        && binding.versions().contains(version));
    }

    List<EncodedMessage> parked() {
        return List.copyOf(parked);
    }

    @Override
    public String queue() {
        return queue;
    }

    @Override
    public boolean active() {
        return !stopped && messaging.delivering();
    }

    @Override
    public void stop(Duration deadline) {
        stopped = true;
        messaging.remove(queue);
    }
}
