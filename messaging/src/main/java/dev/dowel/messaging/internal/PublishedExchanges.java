package dev.dowel.messaging.internal;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import dev.dowel.messaging.Publisher;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that the exchanges of publishers are there before anybody publishes: others may want to bind to them, and what
 * is missing should be known. One that could not be had is looked for again, with growing pauses.
 */
final class PublishedExchanges {
    private static final Logger LOG = LoggerFactory.getLogger(Publisher.class);
    private static final long SHORTEST_PAUSE = TimeUnit.SECONDS.toNanos(1);
    /** Long, because each refusal makes a line in the broker's log. */
    private static final long LONGEST_PAUSE = TimeUnit.SECONDS.toNanos(30);

    private final Exchanges exchanges;
    private final TopologyProblems problems;
    private final Supplier<Optional<Connection>> connection;
    private final Executor executor;
    private final LongSupplier nanos;
    private final Map<String, Look> looks = new ConcurrentHashMap<>();
    private final AtomicBoolean looking = new AtomicBoolean();

    /** The broker is asked on the executor. */
    PublishedExchanges(
            Exchanges exchanges,
            TopologyProblems problems,
            Supplier<Optional<Connection>> connection,
            Executor executor,
            LongSupplier nanos) {
        this.exchanges = exchanges;
        this.problems = problems;
        this.connection = connection;
        this.executor = executor;
        this.nanos = nanos;
    }

    /** What came of the last look for an exchange. */
    private record Look(boolean there, int failures, long at) {
        boolean paused(long now) {
            return failures > 0 && now - at < Math.min(LONGEST_PAUSE, SHORTEST_PAUSE << Math.min(failures - 1, 10));
        }
    }

    private Look notYet() {
        return new Look(false, 0, nanos.getAsLong());
    }

    Set<String> names() {
        return looks.keySet();
    }

    void add(String exchange) {
        looks.put(exchange, notYet());
        check();
    }

    /** Looks for all of them on a new connection. */
    void connected() {
        looks.replaceAll((exchange, last) -> notYet());
        check();
    }

    /** To be called now and then: looks for what is missing, unless that is still being done. */
    void check() {
        if (looks.keySet().stream().anyMatch(this::due) && looking.compareAndSet(false, true)) {
            try {
                executor.execute(this::look);
            } catch (RejectedExecutionException e) {
                LOG.debug("Messaging is closed: no exchange is looked for", e);
            }
        }
    }

    private boolean due(String exchange) {
        Look last = looks.getOrDefault(exchange, notYet());
        boolean missing = !last.there() || problems.any(List.of(Topology.exchange(exchange)));
        return missing && !last.paused(nanos.getAsLong());
    }

    private void look() {
        try {
            connection
                    .get()
                    .ifPresent(open -> looks.keySet().stream().filter(this::due).forEach(each -> look(open, each)));
        } finally {
            looking.set(false);
        }
    }

    private void look(Connection open, String exchange) {
        try {
            exchanges.ensure(open, exchange);
            looks.put(exchange, new Look(true, 0, nanos.getAsLong()));
        } catch (IOException | ShutdownSignalException e) {
            LOG.debug("Exchange {} could not be had; who publishes to it is told", Headers.shown(exchange), e);
            looks.compute(
                    exchange,
                    (name, last) -> new Look(false, last == null ? 1 : last.failures() + 1, nanos.getAsLong()));
        }
    }
}
