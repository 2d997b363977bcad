package dev.dowel.messaging.testing;

import dev.dowel.messaging.EncodedMessage;
import dev.dowel.messaging.Message;
import dev.dowel.messaging.MessageSet;
import dev.dowel.messaging.PublishException;
import dev.dowel.messaging.RouteRequirement;
import dev.dowel.messaging.outbox.EventPublisher;
import dev.dowel.messaging.outbox.OutboxException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * An outbox without a database, for unit tests of a service layer: what is published in a transaction goes to the double
 * when that ends well, before {@link #inTransaction} returns, and nowhere when it fails. What the double refuses waits,
 * and those of its key behind it. Safe for use by several threads.
 */
public final class InMemoryOutbox {
    private final InMemoryMessaging messaging;

    @SuppressWarnings("ThreadLocalUsage") // of this outbox only, as with a database
    private final ThreadLocal<List<Event>> current = new ThreadLocal<>();

    private final Queue<Event> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger wanted = new AtomicInteger();

    /**
     * Makes an empty outbox.
     *
     * @param messaging where it publishes
     */
    public InMemoryOutbox(InMemoryMessaging messaging) {
        this.messaging = Objects.requireNonNull(messaging, "messaging");
        messaging.onConnected(this::wake);
    }

    /**
     * Returns a publisher that joins the transaction of {@link #inTransaction} on the same thread.
     *
     * @param exchange where its messages go, 1 to 255 bytes in UTF-8
     * @return a publisher for that exchange
     * @throws IllegalArgumentException if the exchange's name is empty or longer
     */
    public EventPublisher publisher(String exchange) {
        messaging.publisher(Objects.requireNonNull(exchange, "exchange"));
        return new EventPublisher() {
            @Override
            public void publish(Message<?> message) {
                store(exchange, List.of(message));
            }

            @Override
            public void publish(MessageSet set) {
                if (set.messages().isEmpty()) {
                    throw new IllegalArgumentException("The set is empty: add the event in at least one version");
                }
                store(exchange, set.messages());
            }
        };
    }

    private void store(String exchange, List<Message<?>> forms) {
        @Nullable List<Event> transaction = current.get();
        if (transaction == null) {
            throw new IllegalStateException("publish to " + exchange
                    + " outside of a transaction: an event is stored with the data it tells of. Call it within"
                    + " inTransaction");
        }
        transaction.add(new Event(
                exchange,
                forms.stream().map(messaging.publisher(exchange)::encode).toList()));
    }

    /**
     * Runs the work in a transaction. One within another is a transaction of its own.
     *
     * @param <R> the result's type
     * @param work what publishes
     * @return the work's result
     * @throws OutboxException if the work threw a checked exception; nothing is published, nor if it threw another
     */
    public <R> R inTransaction(Callable<R> work) {
        @Nullable List<Event> outer = current.get();
        List<Event> transaction = new ArrayList<>();
        current.set(transaction);
        R result;
        try {
            result = work.call();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            throw new OutboxException("The transaction failed and was rolled back", e);
        } finally {
            if (outer == null) {
                current.remove();
            } else {
                current.set(outer);
            }
        }
        waiting.addAll(transaction);
        wake();
        return result;
    }

    /** Publishes what waits. Each commit does so too, and the double when its connections come back. */
    public void wake() {
        // A handler that runs in here may come again: then the one who is at it already goes over the queue once more.
        if (wanted.getAndIncrement() == 0) {
            int seen = 1;
            boolean done = false;
            try {
                do {
                    relay();
                    seen = wanted.addAndGet(-seen);
                } while (seen != 0);
                done = true;
            } finally {
                if (!done) {
                    wanted.set(0);
                }
            }
        }
    }

    private void relay() {
        Set<String> held = new HashSet<>();
        waiting.removeIf(event -> {
            boolean free = event.key().map(key -> !held.contains(key)).orElse(true);
            boolean done = free && event.send();
            if (!done) {
                event.key().ifPresent(held::add);
            }
            return done;
        });
    }

    /**
     * Counts the messages that wait to be published.
     *
     * @return how many were committed and not published
     */
    public long pending() {
        return waiting.stream().mapToLong(event -> event.forms.size()).sum();
    }

    /** One event in the forms that are not published yet. Only the thread that relays changes it. */
    private final class Event {
        private final String exchange;
        private volatile List<EncodedMessage> forms;
        private boolean reached;

        Event(String exchange, List<EncodedMessage> forms) {
            this.exchange = exchange;
            this.forms = forms;
        }

        Optional<String> key() {
            return forms.stream().flatMap(form -> form.key().stream()).findFirst();
        }

        /** Returns whether nothing of it is left. */
        boolean send() {
            List<EncodedMessage> left = new ArrayList<>();
            List<EncodedMessage> unheard = new ArrayList<>();
            for (EncodedMessage form : forms) {
                Optional<PublishException.Kind> failure = publish(form);
                if (failure.isEmpty()) {
                    reached = true;
                } else if (failure.get() == PublishException.Kind.UNROUTABLE && form.route() == RouteRequirement.ANY) {
                    unheard.add(form);
                } else {
                    left.add(form);
                }
            }
            if (!reached) {
                left.addAll(unheard);
            }
            forms = List.copyOf(left);
            return left.isEmpty();
        }

        private Optional<PublishException.Kind> publish(EncodedMessage form) {
            try {
                messaging
                        .publisher(exchange)
                        .publish(form)
                        .toCompletableFuture()
                        .join();
                return Optional.empty();
            } catch (CompletionException e) {
                if (e.getCause() instanceof PublishException failure) {
                    return Optional.of(failure.kind());
                }
                throw e;
            }
        }
    }
}
