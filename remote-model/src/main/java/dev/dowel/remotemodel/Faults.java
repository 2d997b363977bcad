package dev.dowel.remotemodel;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What goes wrong in an {@link InMemoryRepository}, for tests of how its caller takes it. Faults of one operation come in
 * the order of giving, each as often as said, and then the operation works again. A call with an argument that is refused
 * neither counts nor uses up a fault, as nothing is sent for it.
 *
 * <pre>{@code
 * books.faults().status(Operation.GET, 2, 503);
 * service.show(7L);
 * assertEquals(3, books.faults().calls(Operation.GET));
 * }</pre>
 *
 * <p>Instances are safe for use by several threads.
 */
public final class Faults {

    private final String entity;
    private final Map<Operation, Deque<Fault>> planned = new EnumMap<>(Operation.class);
    private final Map<Operation, Integer> calls = new EnumMap<>(Operation.class);
    private Latency latency = new Latency(Duration.ZERO, Timing.SYSTEM.sleeper());

    Faults(String entity) {
        this.entity = entity;
    }

    /**
     * Makes the next calls fail without doing anything.
     *
     * @param operation which calls
     * @param times how many of them
     * @param failure makes the exception of each
     * @return this
     * @throws IllegalArgumentException when {@code times} is not positive
     */
    public Faults fail(Operation operation, int times, Supplier<? extends RuntimeException> failure) {
        return plan(operation, times, new Fault(Objects.requireNonNull(failure, "failure"), false));
    }

    /**
     * Makes the next calls fail without doing anything, as if the service had answered with this status.
     *
     * @param operation which calls
     * @param times how many of them
     * @param status 300 to 599
     * @return this
     * @throws IllegalArgumentException when {@code times} is not positive or the status out of range
     */
    public Faults status(Operation operation, int times, int status) {
        RemoteResponseException.of(status, "");
        return fail(
                operation,
                times,
                () -> RemoteResponseException.of(
                        status, operation + " of " + entity + " answered " + status + ", as the test wants"));
    }

    /**
     * Makes the next calls end in a {@link RemoteTimeoutException}. With {@code UNKNOWN} they are carried out before, which
     * is what a caller that repeats them has to fear; with {@code NOT_SENT} they are not.
     *
     * @param operation which calls
     * @param times how many of them
     * @param outcome what the exception says
     * @return this
     * @throws IllegalArgumentException when {@code times} is not positive
     */
    public Faults timeout(Operation operation, int times, RemoteCallException.Outcome outcome) {
        Supplier<RuntimeException> failure = () -> new RemoteTimeoutException(
                operation + " of " + entity + " did not answer in time, as the test wants", outcome, null);
        return plan(operation, times, new Fault(failure, outcome == RemoteCallException.Outcome.UNKNOWN));
    }

    /**
     * Makes every call take time, before it does anything.
     *
     * @param pause how long, zero for no time
     * @return this
     * @throws IllegalArgumentException when negative
     */
    public Faults latency(Duration pause) {
        return sleep(pause, Timing.SYSTEM.sleeper());
    }

    /**
     * Makes every call wait in a way of the test's, such as on a latch or by moving a clock.
     *
     * @param pause how long, zero for no time
     * @param sleeper waits, or notes that it should have
     * @return this
     * @throws IllegalArgumentException when the pause is negative
     */
    public Faults latency(Duration pause, Consumer<Duration> sleeper) {
        Objects.requireNonNull(sleeper, "sleeper");
        return sleep(pause, sleeper::accept);
    }

    private synchronized Faults sleep(Duration pause, Timing.Sleeper sleeper) {
        if (pause.isNegative()) {
            throw new IllegalArgumentException("pause must not be negative but is " + pause);
        }
        latency = new Latency(pause, sleeper);
        return this;
    }

    /**
     * Returns how many calls there were, failed ones included: one for a {@link Repository#getAll} of many ids, none for one
     * of no ids, one for each page of a list.
     *
     * @param operation which calls
     * @return their number since the repository was built or cleared
     */
    public synchronized int calls(Operation operation) {
        return calls.getOrDefault(operation, 0);
    }

    /**
     * Forgets all faults, the latency and the counts; the entities stay.
     *
     * @return this
     */
    public synchronized Faults clear() {
        planned.clear();
        calls.clear();
        latency = new Latency(Duration.ZERO, Timing.SYSTEM.sleeper());
        return this;
    }

    /** Does what the repository would, unless something is to go wrong. */
    <R> R meet(Operation operation, Supplier<R> work) {
        Latency wait;
        @Nullable Fault fault;
        synchronized (this) {
            calls.merge(operation, 1, Integer::sum);
            Deque<Fault> faults = planned.get(operation);
            fault = faults == null ? null : faults.poll();
            wait = latency;
        }
        wait.sleep(operation + " of " + entity);
        if (fault == null || fault.afterwards) {
            R answer = work.get();
            if (fault == null) {
                return answer;
            }
        }
        throw fault.failure.get();
    }

    private synchronized Faults plan(Operation operation, int times, Fault fault) {
        if (times < 1) {
            throw new IllegalArgumentException("times must be positive but is " + times);
        }
        Deque<Fault> faults = planned.computeIfAbsent(operation, o -> new ArrayDeque<>());
        for (int i = 0; i < times; i++) {
            faults.add(fault);
        }
        return this;
    }

    /** Returns how many faults are still to come. */
    @Override
    public synchronized String toString() {
        return "Faults[" + planned.values().stream().mapToInt(Deque::size).sum() + " for " + entity + "]";
    }

    private record Fault(Supplier<? extends RuntimeException> failure, boolean afterwards) {}

    private record Latency(Duration pause, Timing.Sleeper sleeper) {

        void sleep(String call) {
            if (pause.isZero()) {
                return;
            }
            try {
                sleeper.sleep(pause);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new RemoteCallException(call + " was interrupted", RemoteCallException.Outcome.NOT_SENT, e);
            }
        }
    }
}
