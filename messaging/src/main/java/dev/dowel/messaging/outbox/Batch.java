package dev.dowel.messaging.outbox;

import dev.dowel.messaging.EncodedMessage;
import dev.dowel.messaging.Messaging;
import dev.dowel.messaging.PublishException;
import dev.dowel.messaging.Receipt;
import dev.dowel.messaging.RouteRequirement;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The due rows of one shard: published together, rows of one key one after the other, and settled by what the broker
 * said. Only a row whose message was confirmed and routed is deleted.
 */
final class Batch {
    private static final Logger LOG = LoggerFactory.getLogger(Outbox.class);
    private static final long FIRST_DELAY_MILLIS = 1_000;
    private static final long LONGEST_DELAY_MILLIS = 300_000;

    private final Messaging messaging;
    private final List<OutboxRow> rows;
    private final Duration confirmTimeout;
    private final Map<Long, CompletableFuture<Receipt>> outcomes = new LinkedHashMap<>();
    private volatile boolean over;
    private int confirmed;

    Batch(Messaging messaging, List<OutboxRow> rows, Duration confirmTimeout) {
        this.messaging = messaging;
        this.rows = rows;
        this.confirmTimeout = confirmTimeout;
    }

    int confirmed() {
        return confirmed;
    }

    /**
     * Publishes everything and waits, at most for the confirm timeout and one publish timeout. When it returns nothing is
     * sent any more: what was not sent by then is left to the next batch.
     */
    void publish() throws InterruptedException {
        long deadline = System.nanoTime() + confirmTimeout.toNanos();
        Map<String, CompletableFuture<?>> lastOfKey = new HashMap<>();
        for (List<OutboxRow> step : steps()) {
            CompletableFuture<?> former =
                    step.get(0).message().key().map(lastOfKey::get).orElse(null);
            List<CompletableFuture<Receipt>> sent = new ArrayList<>();
            for (OutboxRow row : step) {
                if (System.nanoTime() - deadline > 0) {
                    over = true;
                }
                CompletableFuture<Receipt> outcome =
                        former == null ? send(row) : former.thenCompose(ignored -> send(row));
                outcomes.put(row.id(), outcome);
                sent.add(outcome);
            }
            step.get(0).message().key().ifPresent(key -> lastOfKey.put(key, routed(step, sent)));
        }
        try {
            CompletableFuture.allOf(outcomes.values().toArray(CompletableFuture<?>[]::new))
                    .get(Math.max(1, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (ExecutionException | TimeoutException e) {
            // Each row is settled by its own outcome; what has none is sent again.
            LOG.debug("Not all of a batch of {} rows was confirmed", rows.size());
        } finally {
            over = true;
        }
    }

    /** Groups what is sent together: rows without a key, and the rows of one event, which are forms of the same thing. */
    private List<List<OutboxRow>> steps() {
        Map<String, List<OutboxRow>> steps = new LinkedHashMap<>();
        for (OutboxRow row : rows) {
            String event = row.message().key().isPresent() ? row.message().eventId() : "row " + row.id();
            steps.computeIfAbsent(event, key -> new ArrayList<>()).add(row);
        }
        return List.copyOf(steps.values());
    }

    /** Completes normally once the next event of the same key may be sent. */
    private static CompletableFuture<?> routed(List<OutboxRow> step, List<CompletableFuture<Receipt>> sent) {
        return CompletableFuture.allOf(sent.toArray(CompletableFuture<?>[]::new))
                .handle((all, e) -> {
                    boolean reached = sent.stream().anyMatch(one -> !one.isCompletedExceptionally());
                    for (int i = 0; i < sent.size(); i++) {
                        PublishException failure = failure(sent.get(i));
                        boolean spared = failure != null
                                && failure.kind() == PublishException.Kind.UNROUTABLE
                                && step.get(i).message().route() == RouteRequirement.ANY
                                && reached;
                        if (failure != null && !spared) {
                            throw new CompletionException(failure);
                        }
                    }
                    return null;
                });
    }

    private CompletableFuture<Receipt> send(OutboxRow row) {
        if (over) {
            return CompletableFuture.failedFuture(
                    new PublishException(PublishException.Kind.TIMEOUT, "Left to the next batch", null));
        }
        return messaging
                .publisher(row.exchange())
                .publish(row.message())
                .whenComplete((receipt, e) -> {
                    if (e instanceof PublishException failure && unsent(failure.kind())) {
                        over = true;
                    }
                })
                .toCompletableFuture();
    }

    private static @Nullable PublishException failure(@Nullable CompletableFuture<Receipt> outcome) {
        if (outcome == null || !outcome.isDone()) {
            return new PublishException(PublishException.Kind.TIMEOUT, "No confirm came in time", null);
        }
        try {
            outcome.join();
            return null;
        } catch (CompletionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            while (cause instanceof CompletionException && cause.getCause() != null) {
                cause = cause.getCause();
            }
            return cause instanceof PublishException known
                    ? known
                    : new PublishException(
                            PublishException.Kind.NACKED, cause.getClass().getName(), cause);
        }
    }

    /** Tells whether the broker cannot be had now, so that waiting for each further row would only hold the transaction. */
    private static boolean unsent(PublishException.Kind kind) {
        return kind == PublishException.Kind.BLOCKED || kind == PublishException.Kind.NOT_CONNECTED;
    }

    /** Deletes what was confirmed, writes down why the rest was not. */
    void settle(Connection connection) throws SQLException {
        Map<Long, PublishException> failures = new LinkedHashMap<>();
        Set<String> reached = new HashSet<>();
        for (OutboxRow row : rows) {
            PublishException failure = failure(outcomes.get(row.id()));
            if (failure == null) {
                reached.add(row.message().eventId());
            } else {
                failures.put(row.id(), failure);
            }
        }
        List<Long> done = new ArrayList<>();
        for (OutboxRow row : rows) {
            PublishException failure = failures.get(row.id());
            boolean enough = row.message().route() == RouteRequirement.ANY
                    && reached.contains(row.message().eventId());
            if (failure == null || (enough && failure.kind() == PublishException.Kind.UNROUTABLE)) {
                done.add(row.id());
            } else {
                postpone(connection, row, failure, enough);
            }
        }
        OutboxTable.delete(connection, done);
        confirmed = done.size();
    }

    private static void postpone(Connection connection, OutboxRow row, PublishException failure, boolean enough)
            throws SQLException {
        EncodedMessage message = row.message();
        // Another form of the event has arrived somewhere: this one need not, so it may not wait for a queue for ever.
        RouteRequirement route = enough ? RouteRequirement.NONE : message.route();
        switch (failure.kind()) {
            case TOO_LARGE -> {
                LOG.error("The outbox parks {}: {}", message, failure.getMessage());
                OutboxTable.postpone(connection, row, route, Instant.now(), describe(failure), true);
            }
            case NACKED, UNROUTABLE, NO_EXCHANGE -> {
                Duration delay = delay(row.attempts());
                LOG.warn("The outbox keeps {} and tries again in {}: {}", message, delay, failure.getMessage());
                OutboxTable.postpone(connection, row, route, Instant.now().plus(delay), describe(failure), false);
            }
            case BLOCKED, NOT_CONNECTED, CONNECTION_LOST, TIMEOUT -> {
                if (route != message.route()) {
                    OutboxTable.postpone(connection, row, route, Instant.now(), describe(failure), false);
                }
            }
        }
    }

    private static String describe(PublishException failure) {
        return failure.kind() + ": " + failure.getMessage();
    }

    private static Duration delay(int attempts) {
        long longest = Math.min(LONGEST_DELAY_MILLIS, FIRST_DELAY_MILLIS << Math.min(attempts, 20));
        return Duration.ofMillis(longest / 2 + ThreadLocalRandom.current().nextLong(longest / 2 + 1));
    }
}
