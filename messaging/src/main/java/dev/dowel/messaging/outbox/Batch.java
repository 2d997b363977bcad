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
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.event.Level;

/**
 * The due rows of some shards: published together, rows of one key one after the other, and settled by what the broker
 * said. Only a row whose message was confirmed and routed is deleted.
 */
final class Batch {
    private static final long FIRST_DELAY_MILLIS = 1_000;
    private static final long LONGEST_DELAY_MILLIS = 300_000;
    /** With the delays above, about an hour in which somebody may grant the permission or create the exchange. */
    private static final int MOST_ATTEMPTS = 20;

    private final Messaging messaging;
    private final List<Integer> shards;
    private final List<OutboxRow> rows;
    private final boolean more;
    private final Duration confirmTimeout;
    private final Complaints complaints;
    private final Pipeline pipeline;
    private final Map<PublishException.Kind, Integer> failed = new EnumMap<>(PublishException.Kind.class);
    private int confirmed;
    private int parked;
    private int delayed;

    Batch(Messaging messaging, List<Integer> shards, DueRows due, Duration confirmTimeout, Complaints complaints) {
        this.messaging = messaging;
        this.shards = shards;
        this.rows = due.rows();
        this.more = due.more();
        this.pipeline = new Pipeline(messaging, due.rows(), due.more());
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

    /** Tells whether there are more rows that are due, in the table or left by this batch for want of time. */
    boolean more() {
        return more || pipeline.cutShort();
    }

    /** Returns how many rows nobody waits for any longer. */
    int parked() {
        return parked;
    }

    /** Returns how many rows were sent, or could not be, without success; those that it did not come to do not count. */
    Map<PublishException.Kind, Integer> failed() {
        return failed;
    }

    /** Publishes, and waits for at most the confirm timeout and one publish timeout. */
    void publish() throws InterruptedException {
        pipeline.run(confirmTimeout);
    }

    /** Deletes what was confirmed, writes down why the rest was not. */
    void settle(Connection connection) throws SQLException {
        Map<OutboxRow, PublishException> failures = new LinkedHashMap<>();
        Set<OutboxRow.Event> reached = new HashSet<>();
        List<Long> done = new ArrayList<>();
        for (OutboxRow row : rows) {
            Optional<PublishException> failure = pipeline.outcome(row);
            if (failure.isPresent()) {
                failures.put(row, failure.get());
                continue;
            }
            done.add(row.id());
            if (row.message().route() == RouteRequirement.ANY) {
                reached.add(row.event());
            }
        }
        boolean stuck = messaging.health().publishing() == ConnectionState.CONNECTED
                && failures.values().stream().anyMatch(failure -> failure.kind() == PublishException.Kind.TIMEOUT);
        for (Map.Entry<OutboxRow, PublishException> one : failures.entrySet()) {
            OutboxRow row = one.getKey();
            if (Pipeline.spared(row, one.getValue()) && reached.contains(row.event())) {
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
        if (!pipeline.sent(row)) {
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
