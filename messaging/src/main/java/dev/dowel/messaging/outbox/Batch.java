package dev.dowel.messaging.outbox;

import dev.dowel.messaging.ConnectionState;
import dev.dowel.messaging.Messaging;
import dev.dowel.messaging.PublishException;
import dev.dowel.messaging.RouteRequirement;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The due rows of some shards: published together, rows of one key one after the other, and settled by what the broker
 * said. Only a row whose message was confirmed and routed is deleted.
 */
final class Batch {
    private static final Logger LOG = LoggerFactory.getLogger(Outbox.class);
    private static final long FIRST_DELAY_MILLIS = 1_000;
    private static final long LONGEST_DELAY_MILLIS = 300_000;
    /** With the delays above, about an hour in which somebody may grant the permission or create the exchange. */
    private static final int MOST_ATTEMPTS = 20;

    /** The outcome of a row that was not sent. */
    private final PublishException left =
            new PublishException(PublishException.Kind.NOT_CONNECTED, "Left to the next batch", null);

    /** The outcome of a row that was sent, while nobody knows what became of it. */
    private final PublishException unconfirmed =
            new PublishException(PublishException.Kind.TIMEOUT, "No confirm came in time", null);

    private final Messaging messaging;
    private final List<Integer> shards;
    private final List<OutboxRow> rows;
    private final Duration confirmTimeout;
    private final Complaints complaints;
    /** Empty is confirmed. None of them completes exceptionally. Threads that confirm read it while others are added. */
    private final Map<Long, CompletableFuture<Optional<PublishException>>> outcomes = new ConcurrentHashMap<>();

    private final Set<Long> sent = ConcurrentHashMap.newKeySet();
    private final Map<PublishException.Kind, Integer> failed = new EnumMap<>(PublishException.Kind.class);
    private volatile boolean over;
    private int confirmed;
    private int parked;
    private int delayed;

    Batch(
            Messaging messaging,
            List<Integer> shards,
            List<OutboxRow> rows,
            Duration confirmTimeout,
            Complaints complaints) {
        this.messaging = messaging;
        this.shards = shards;
        this.rows = rows;
        this.confirmTimeout = confirmTimeout;
        this.complaints = complaints;
    }

    int confirmed() {
        return confirmed;
    }

    /** Returns how many rows are not due any more, for whatever reason. */
    int settled() {
        return confirmed + parked + delayed;
    }

    /** Returns how many rows nobody waits for any longer. */
    int parked() {
        return parked;
    }

    /** Returns how many rows were sent, or could not be, without success; those that it did not come to do not count. */
    Map<PublishException.Kind, Integer> failed() {
        return failed;
    }

    /**
     * Publishes everything and waits, at most for the confirm timeout and one publish timeout. When it returns nothing is
     * sent any more: what was not sent by then is left to the next batch, and what was sent and not confirmed waits a while.
     */
    void publish() throws InterruptedException {
        long deadline = System.nanoTime() + confirmTimeout.toNanos();
        Map<String, CompletableFuture<Boolean>> freeKeys = new HashMap<>();
        for (List<OutboxRow> step : steps()) {
            Optional<String> key = step.get(0).message().key();
            CompletableFuture<Boolean> free =
                    key.map(freeKeys::get).orElseGet(() -> CompletableFuture.completedFuture(true));
            for (OutboxRow row : step) {
                if (System.nanoTime() - deadline > 0) {
                    over = true;
                }
                outcomes.put(
                        row.id(),
                        free.thenCompose(
                                yes -> yes ? send(row) : CompletableFuture.completedFuture(Optional.of(left))));
            }
            key.ifPresent(of -> freeKeys.put(of, routed(step)));
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

    /** Groups what is sent together: a row without a key, and neighbours within a key that are forms of one event. */
    private List<List<OutboxRow>> steps() {
        List<List<OutboxRow>> steps = new ArrayList<>();
        Map<String, List<OutboxRow>> lastOfKey = new HashMap<>();
        for (OutboxRow row : rows) {
            Optional<String> key = row.message().key();
            List<OutboxRow> step = key.map(lastOfKey::get)
                    .filter(last -> last.get(0).event().equals(row.event()))
                    .orElseGet(() -> {
                        List<OutboxRow> next = new ArrayList<>();
                        steps.add(next);
                        key.ifPresent(of -> lastOfKey.put(of, next));
                        return next;
                    });
            step.add(row);
        }
        return steps;
    }

    /** Completes with whether the next event of the same key may be sent. */
    private CompletableFuture<Boolean> routed(List<OutboxRow> step) {
        return CompletableFuture.allOf(
                        step.stream().map(row -> outcomes.get(row.id())).toArray(CompletableFuture<?>[]::new))
                .thenApply(all -> {
                    boolean reached = step.stream().anyMatch(row -> outcome(row).isEmpty());
                    return step.stream()
                            .allMatch(row -> outcome(row)
                                    .map(failure -> reached && spared(row, failure))
                                    .orElse(true));
                });
    }

    /** Tells whether a failure does not matter, provided that another form of the event has arrived. */
    private static boolean spared(OutboxRow row, PublishException failure) {
        return failure.kind() == PublishException.Kind.UNROUTABLE
                && row.message().route() == RouteRequirement.ANY;
    }

    private CompletableFuture<Optional<PublishException>> send(OutboxRow row) {
        if (over) {
            return CompletableFuture.completedFuture(Optional.of(left));
        }
        sent.add(row.id());
        try {
            return messaging
                    .publisher(row.exchange())
                    .publish(row.message())
                    .handle((receipt, e) -> e == null ? Optional.<PublishException>empty() : Optional.of(failed(e)))
                    .toCompletableFuture();
        } catch (RuntimeException e) {
            return CompletableFuture.completedFuture(Optional.of(failed(e)));
        }
    }

    private PublishException failed(Throwable e) {
        Throwable cause = e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
        if (!(cause instanceof PublishException failure)) {
            return new PublishException(PublishException.Kind.REFUSED, cause.toString(), cause);
        }
        if (failure.kind() == PublishException.Kind.BLOCKED || failure.kind() == PublishException.Kind.NOT_CONNECTED) {
            // The broker cannot be had now, so waiting for each further row would only hold the transaction.
            over = true;
        }
        return failure;
    }

    private Optional<PublishException> outcome(OutboxRow row) {
        @Nullable CompletableFuture<Optional<PublishException>> outcome = outcomes.get(row.id());
        return outcome == null
                ? Optional.of(left)
                : outcome.getNow(Optional.of(sent.contains(row.id()) ? unconfirmed : left));
    }

    /** Deletes what was confirmed, writes down why the rest was not. */
    void settle(Connection connection) throws SQLException {
        Map<OutboxRow, PublishException> failures = new LinkedHashMap<>();
        Set<OutboxRow.Event> reached = new HashSet<>();
        List<Long> done = new ArrayList<>();
        for (OutboxRow row : rows) {
            // Once only: a confirm may still come while this runs.
            outcome(row).ifPresentOrElse(failure -> failures.put(row, failure), () -> done.add(row.id()));
            if (!failures.containsKey(row) && row.message().route() == RouteRequirement.ANY) {
                reached.add(row.event());
            }
        }
        boolean stuck = messaging.health().publishing() == ConnectionState.CONNECTED
                && failures.values().stream().anyMatch(failure -> failure.kind() == PublishException.Kind.TIMEOUT);
        for (Map.Entry<OutboxRow, PublishException> one : failures.entrySet()) {
            OutboxRow row = one.getKey();
            if (spared(row, one.getValue()) && reached.contains(row.event())) {
                done.add(row.id());
            } else {
                postpone(connection, row, one.getValue(), stuck);
            }
        }
        OutboxTable.delete(connection, done);
        OutboxTable.unroute(connection, shards, reached);
        confirmed = done.size();
    }

    private void postpone(Connection connection, OutboxRow row, PublishException failure, boolean stuck)
            throws SQLException {
        if (failure == left) {
            return;
        }
        failed.merge(failure.kind(), 1, Integer::sum);
        switch (failure.kind()) {
            case TOO_LARGE -> park(connection, row, failure);
            case REFUSED, NO_EXCHANGE -> {
                if (row.attempts() + 1 < MOST_ATTEMPTS) {
                    delay(connection, row, failure);
                } else {
                    park(connection, row, failure);
                }
            }
            case NACKED, UNROUTABLE -> delay(connection, row, failure);
            case TIMEOUT, CONNECTION_LOST -> {
                // With a connection that stands, rows without a confirm would be sent again for ever, with no other of
                // their shard after them. The first that is given up takes its channel, and the outcome of others,
                // along.
                if (stuck) {
                    delay(connection, row, failure);
                }
            }
            case BLOCKED, NOT_CONNECTED -> {
                // Not the message's fault: it is due as before.
            }
        }
    }

    private void park(Connection connection, OutboxRow row, PublishException failure) throws SQLException {
        complaints.log(
                Level.ERROR,
                "parked: " + cause(row, failure),
                "The outbox parks " + row.message() + ": " + failure.getMessage());
        OutboxTable.park(connection, row.id(), failure.kind() + ": " + failure.getMessage());
        parked++;
    }

    private void delay(Connection connection, OutboxRow row, PublishException failure) throws SQLException {
        long longest = Math.min(LONGEST_DELAY_MILLIS, FIRST_DELAY_MILLIS << Math.min(row.attempts(), 20));
        Duration delay =
                Duration.ofMillis(longest / 2 + ThreadLocalRandom.current().nextLong(longest / 2 + 1));
        complaints.log(
                Level.WARN,
                cause(row, failure),
                "The outbox keeps " + row.message() + " and tries again in " + delay + ": " + failure.getMessage());
        OutboxTable.postpone(
                connection, row.id(), Instant.now().plus(delay), failure.kind() + ": " + failure.getMessage());
        delayed++;
    }

    private static String cause(OutboxRow row, PublishException failure) {
        return failure.kind() + " " + row.exchange();
    }
}
