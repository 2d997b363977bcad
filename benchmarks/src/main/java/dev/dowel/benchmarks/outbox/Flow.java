package dev.dowel.benchmarks.outbox;

import dev.dowel.benchmarks.messaging.contenders.Tally;
import dev.dowel.benchmarks.outbox.contenders.Contender;
import dev.dowel.benchmarks.outbox.contenders.Relaying;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLongArray;

/** Events that are stored at a rate, published by a contender, and handled. */
final class Flow implements AutoCloseable {

    private final Tally relayed = new Tally();
    private final Tally stored = new Tally();
    private final Tally handled = new Tally();
    private final Handler handler;
    private final Relaying relaying;
    private final Inserters inserters;

    /**
     * Begins.
     *
     * @param size how many bytes a body has
     * @param rate how many events a second are stored
     * @param most how many events there may be
     */
    Flow(Place place, Contender contender, int size, int rate, int most) throws Exception {
        AtomicLongArray committed = new AtomicLongArray(most);
        handler =
                new Handler(place.uri(), place.queue(), body -> handled.done(committed.get(NumberedBody.number(body))));
        relaying = contender.open(place.setting(size, relayed));
        relaying.start();
        inserters = new Inserters(relaying, size, rate, committed, stored);
    }

    /** Returns what counts the events stored. */
    Tally stored() {
        return stored;
    }

    /** Returns what counts the events handled, with their latencies from the commit. */
    Tally handled() {
        return handled;
    }

    /** Throws what the contender failed with, if it did. */
    void check() throws ExecutionException, InterruptedException {
        if (relayed.failure().isDone()) {
            relayed.failure().get();
        }
    }

    @Override
    public void close() throws Exception {
        inserters.close();
        relayed.end();
        relaying.close();
        handler.close();
    }
}
