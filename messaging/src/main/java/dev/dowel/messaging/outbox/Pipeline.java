package dev.dowel.messaging.outbox;

import dev.dowel.messaging.Messaging;
import dev.dowel.messaging.PublishException;
import dev.dowel.messaging.RouteRequirement;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends rows and collects what becomes of them: all keys at once, rows of one key one after the other, each when the broker
 * has the one before. All is sent by the thread of the relay; other threads only hand their answers in.
 */
final class Pipeline {
    /** The outcome of a row that was not sent. */
    private final PublishException left =
            new PublishException(PublishException.Kind.NOT_CONNECTED, "Left to the next batch", null);

    /** The outcome of a row that was sent, while nobody knows what became of it. */
    private final PublishException unconfirmed =
            new PublishException(PublishException.Kind.TIMEOUT, "No confirm came in time", null);

    private final Messaging messaging;
    private final Deque<Step> ready = new ArrayDeque<>();
    private final BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();
    /** What became of the rows that were sent; empty is confirmed. */
    private final Map<Long, Optional<PublishException>> outcomes = new HashMap<>();
    /** With so few rows left the last ones of the longest keys are not waited for. */
    private final int fewEnough;

    private final LongSupplier nanos;
    private int unsent;
    private int unanswered;
    private long lastFollow;
    private boolean over;
    private boolean cutShort;

    /** If there are more rows where these come from, the last quarter need not be sent. */
    Pipeline(Messaging messaging, List<OutboxRow> rows, boolean more) {
        this(messaging, rows, more, System::nanoTime);
    }

    Pipeline(Messaging messaging, List<OutboxRow> rows, boolean more, LongSupplier nanos) {
        this.messaging = messaging;
        this.nanos = nanos;
        this.unsent = rows.size();
        this.fewEnough = more ? rows.size() / 4 : 0;
        addSteps(rows);
    }

    /** What is sent together: a row without a key, or neighbours within a key that are forms of one event. */
    private static final class Step {
        private final List<OutboxRow> rows = new ArrayList<>();
        private int answered;
        private @Nullable Step next;
    }

    private record Answer(Step step, OutboxRow row, Optional<PublishException> failure) {}

    private void addSteps(List<OutboxRow> rows) {
        Map<String, Step> lastOfKey = new HashMap<>();
        for (OutboxRow row : rows) {
            Step last = row.message().key().map(lastOfKey::get).orElse(null);
            if (last != null && last.rows.get(0).event().equals(row.event())) {
                last.rows.add(row);
                continue;
            }
            Step step = new Step();
            step.rows.add(row);
            if (last == null) {
                ready.add(step);
            } else {
                last.next = step;
            }
            row.message().key().ifPresent(key -> lastOfKey.put(key, step));
        }
    }

    /**
     * Sends and waits, at most for the confirm timeout and one publish timeout. When it returns nothing more is handed to
     * the publisher: what was not by then is left to the next batch. In the second half of the time no row of
     * a key is taken up behind another, so that what is sent has time to be confirmed.
     */
    void run(Duration confirmTimeout) throws InterruptedException {
        long start = nanos.getAsLong();
        long deadline = start + confirmTimeout.toNanos();
        lastFollow = start + confirmTimeout.toNanos() / 2;
        while (unanswered > 0 || !(over || ready.isEmpty())) {
            Step step = over ? null : ready.poll();
            if (step != null) {
                send(step, deadline);
                continue;
            }
            Answer answer = answers.poll(deadline - nanos.getAsLong(), TimeUnit.NANOSECONDS);
            if (answer == null) {
                return;
            }
            take(answer);
        }
    }

    private void send(Step step, long deadline) {
        for (OutboxRow row : step.rows) {
            if (nanos.getAsLong() - deadline > 0) {
                over = true;
                cutShort = true;
            }
            if (over) {
                return;
            }
            send(step, row);
            for (Answer answer = answers.poll(); answer != null; answer = answers.poll()) {
                take(answer);
            }
        }
    }

    private void send(Step step, OutboxRow row) {
        unsent--;
        unanswered++;
        outcomes.put(row.id(), Optional.of(unconfirmed));
        try {
            CompletionStage<?> unused = messaging
                    .publisher(row.exchange())
                    .publish(row.message())
                    .whenComplete((receipt, e) -> answers.add(new Answer(step, row, failure(e))));
        } catch (RuntimeException e) {
            answers.add(new Answer(step, row, failure(e)));
        }
    }

    private static Optional<PublishException> failure(@Nullable Throwable e) {
        if (e == null) {
            return Optional.empty();
        }
        Throwable cause = e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
        return Optional.of(
                cause instanceof PublishException failure
                        ? failure
                        : new PublishException(PublishException.Kind.REFUSED, cause.toString(), cause));
    }

    private void take(Answer answer) {
        unanswered--;
        outcomes.put(answer.row.id(), answer.failure);
        // The broker cannot be had now, so waiting for each further row would only hold the transaction.
        over |= answer.failure
                .map(PublishException::kind)
                .filter(kind -> kind == PublishException.Kind.BLOCKED || kind == PublishException.Kind.NOT_CONNECTED)
                .isPresent();
        Step step = answer.step;
        step.answered++;
        if (step.answered == step.rows.size() && step.next != null && unsent > fewEnough && arrived(step)) {
            if (nanos.getAsLong() - lastFollow < 0) {
                ready.add(step.next);
            } else {
                cutShort = true;
            }
        }
    }

    /** Tells whether rows were left for want of time. */
    boolean cutShort() {
        return cutShort;
    }

    /** Tells whether the next event of the same key may be sent. */
    private boolean arrived(Step step) {
        boolean reached = step.rows.stream().anyMatch(row -> outcome(row).isEmpty());
        return step.rows.stream()
                .allMatch(row -> outcome(row)
                        .map(failure -> reached && spared(row, failure))
                        .orElse(true));
    }

    /** Tells whether a failure does not matter, provided that another form of the event has arrived. */
    static boolean spared(OutboxRow row, PublishException failure) {
        return failure.kind() == PublishException.Kind.UNROUTABLE
                && row.message().route() == RouteRequirement.ANY;
    }

    /** Tells whether a row was sent, or was tried to be. */
    boolean sent(OutboxRow row) {
        return outcomes.containsKey(row.id());
    }

    /** Returns why a row did not arrive; empty if it did. */
    Optional<PublishException> outcome(OutboxRow row) {
        return outcomes.getOrDefault(row.id(), Optional.of(left));
    }
}
