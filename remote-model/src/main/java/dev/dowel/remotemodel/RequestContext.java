package dev.dowel.remotemodel;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What outbound calls need of one inbound request: a copy of its allowed headers, and the cache of what was read for it.
 *
 * <p>It is bound to the request's thread by {@link RequestContextFilter}. No other thread inherits it: cross threads with
 * {@link #wrap(Executor)} or {@link RemoteModel#in}. After {@link #close()} the headers stay, for work that outlives the
 * request, but nothing is cached any more.
 */
public final class RequestContext implements AutoCloseable {

    private final HeaderPolicy.Snapshot snapshot;
    private final @Nullable Deadline deadline;
    private final boolean beside;
    private final RequestCache cache = new RequestCache();
    private final Memory memory = new Memory(64);
    private @Nullable Memory pins;

    RequestContext(HeaderPolicy.Snapshot snapshot, @Nullable Deadline deadline) {
        this(snapshot, deadline, false);
    }

    private RequestContext(HeaderPolicy.Snapshot snapshot, @Nullable Deadline deadline, boolean beside) {
        this.snapshot = snapshot;
        this.deadline = deadline;
        this.beside = beside;
    }

    /**
     * Makes a context from headers.
     *
     * @param headers the inbound headers; names are compared without case
     * @param policy which of them to keep; an {@code Authorization} header is kept beside them for {@link
     *     Credentials#inbound()}
     * @return a context that is not bound to any thread yet
     */
    public static RequestContext of(Map<String, List<String>> headers, HeaderPolicy policy) {
        return with(headers, policy, null);
    }

    /**
     * Makes a context of a request that must be answered in time: calls on its behalf end at its deadline, whatever their
     * service's timeout, and those after it are not sent.
     *
     * @param headers as in {@link #of(Map, HeaderPolicy)}
     * @param policy as in {@link #of(Map, HeaderPolicy)}
     * @param timeLeft how long from now the request may take
     * @return a context that is not bound to any thread yet
     */
    public static RequestContext of(Map<String, List<String>> headers, HeaderPolicy policy, Duration timeLeft) {
        return with(headers, policy, Deadline.in(timeLeft, System::nanoTime));
    }

    private static RequestContext with(
            Map<String, List<String>> headers, HeaderPolicy policy, @Nullable Deadline deadline) {
        return new RequestContext(policy.snapshot(name -> values(headers, name)), deadline);
    }

    private static List<String> values(Map<String, List<String>> headers, String name) {
        List<String> values = List.of();
        for (Map.Entry<String, List<String>> header : headers.entrySet()) {
            if (header.getKey().equalsIgnoreCase(name)) {
                values = values.isEmpty()
                        ? header.getValue()
                        : Stream.concat(values.stream(), header.getValue().stream())
                                .toList();
            }
        }
        return values;
    }

    /**
     * Returns the context bound to this thread.
     *
     * @return the innermost one, or empty
     */
    public static Optional<RequestContext> current() {
        return Binding.current();
    }

    /**
     * Binds this context to the current thread until the scope is closed; bindings nest. Close it on the same thread.
     *
     * @return the scope to close
     */
    public Scope bind() {
        return Binding.open(this);
    }

    /**
     * Makes a context, or none, the one of the current thread until the scope is closed: what bridges to other carriers of
     * context need. Closing it also ends every binding that was opened inside it and left open. Close it on the same thread.
     *
     * @param context what {@link #current()} is to return
     * @return the scope to close
     */
    public static Scope replace(Optional<RequestContext> context) {
        return Binding.replace(context.orElse(null));
    }

    /**
     * Returns the task with this context bound while it runs.
     *
     * @param task what to run
     * @return the wrapped task
     */
    public Runnable wrap(Runnable task) {
        Objects.requireNonNull(task, "task");
        return () -> {
            Scope scope = bind();
            try {
                task.run();
            } finally {
                scope.close();
            }
        };
    }

    /**
     * Returns the task with this context bound while it runs.
     *
     * @param <V> the result
     * @param task what to call
     * @return the wrapped task
     */
    public <V> Callable<V> wrap(Callable<V> task) {
        Objects.requireNonNull(task, "task");
        return () -> {
            Scope scope = bind();
            try {
                return task.call();
            } finally {
                scope.close();
            }
        };
    }

    /**
     * Returns the executor with this context bound while its tasks run.
     *
     * @param executor what runs the tasks
     * @return the wrapped executor
     */
    public Executor wrap(Executor executor) {
        Objects.requireNonNull(executor, "executor");
        return task -> executor.execute(wrap(task));
    }

    /**
     * Returns the executor service with this context bound while its tasks run; shutting it down shuts the given one down.
     *
     * @param executor what runs the tasks
     * @return the wrapped executor service
     */
    public ExecutorService wrap(ExecutorService executor) {
        return new ContextExecutorService(this, Objects.requireNonNull(executor, "executor"));
    }

    /**
     * Returns the headers that were kept.
     *
     * @return names to values, unmodifiable, without credentials
     */
    public Map<String, List<String>> headers() {
        return snapshot.headers();
    }

    /**
     * Returns how long the request may still take.
     *
     * @return the time until its deadline, zero after it, or empty when it has none
     */
    public Optional<Duration> timeLeft() {
        return deadline == null ? Optional.empty() : Optional.of(deadline.left());
    }

    /**
     * Returns how many header values were left out because they cannot be sent on: control or non-ASCII characters, more
     * than 8 KiB, or a second {@code Authorization}.
     *
     * @return the number of values
     */
    public int droppedHeaders() {
        return snapshot.dropped();
    }

    /**
     * Forgets what this request has read of one kind of entity, for changes that went past this library.
     *
     * @param service the name of the {@link RemoteService}
     * @param entity the name of the entity in the URL
     */
    public void forget(String service, String entity) {
        cache.outdated(
                new EntityScope(Objects.requireNonNull(service, "service"), Objects.requireNonNull(entity, "entity")));
    }

    /** Forgets everything cached and caches nothing from now on. Closing twice does nothing. */
    @Override
    public void close() {
        cache.close();
    }

    String authorization() {
        return snapshot.authorization();
    }

    HeaderPolicy.Snapshot snapshot() {
        return snapshot;
    }

    /**
     * What was made for this key first; made twice when two threads ask at once, for {@code make} may do I/O, and each time
     * when a request has too many, such as a new token for every call.
     */
    <V> V remembered(Object key, Supplier<V> make) {
        return memory.getOrMake(key, make);
    }

    /** What was made for this key first, kept whatever else the request has. */
    <V> V pinned(Object key, Supplier<V> make) {
        return pins().getOrMake(key, make);
    }

    private synchronized Memory pins() {
        pins = pins == null ? new Memory(Integer.MAX_VALUE) : pins;
        return pins;
    }

    /** A few things; most requests have one, so that one needs no map. */
    private static final class Memory {

        private final int limit;
        private @Nullable Object firstKey;
        private @Nullable Object firstValue;
        private @Nullable Map<Object, Object> others;

        Memory(int limit) {
            this.limit = limit;
        }

        <V> V getOrMake(Object key, Supplier<V> make) {
            @SuppressWarnings("unchecked") // A key belongs to one type of value.
            V known = (V) get(key);
            if (known != null) {
                return known;
            }
            @SuppressWarnings("unchecked") // As above.
            V first = (V) putIfAbsent(key, make.get());
            return first;
        }

        private synchronized @Nullable Object get(Object key) {
            return key.equals(firstKey) ? firstValue : others == null ? null : others.get(key);
        }

        private synchronized Object putIfAbsent(Object key, Object value) {
            Object known = get(key);
            if (known != null) {
                return known;
            }
            if (firstKey == null) {
                firstKey = key;
                firstValue = value;
            } else {
                others = others == null ? new HashMap<>() : others;
                if (others.size() < limit) {
                    others.put(key, value);
                }
            }
            return value;
        }
    }

    RequestCache cache() {
        return cache;
    }

    /**
     * A context with the same headers for work that must not disturb the request: nothing is cached, and no call is made
     * twice or counts for what others may do.
     */
    RequestContext beside(Duration timeLeft) {
        RequestContext context = new RequestContext(snapshot, Deadline.in(timeLeft, System::nanoTime), true);
        context.close();
        return context;
    }

    /** Tells whether it was made by {@link #beside}. */
    boolean isBeside() {
        return beside;
    }

    /** Returns the names of the headers, without the values. */
    @Override
    public String toString() {
        return "RequestContext" + snapshot.headers().keySet();
    }
}
