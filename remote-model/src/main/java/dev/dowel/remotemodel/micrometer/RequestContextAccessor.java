package dev.dowel.remotemodel.micrometer;

import dev.dowel.remotemodel.RequestContext;
import dev.dowel.remotemodel.Scope;
import io.micrometer.context.ThreadLocalAccessor;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Lets snapshots of Micrometer's context propagation take the {@link RequestContext} of a thread to another one, and to
 * Reactor. The library finds it by itself. What a task has bound and left open is ended with the snapshot's scope, so that
 * a pooled thread keeps nothing. Instances are safe for use by several threads.
 */
public final class RequestContextAccessor implements ThreadLocalAccessor<RequestContext> {

    /** The key of the request context in a {@link io.micrometer.context.ContextRegistry}. */
    public static final String KEY = RequestContext.class.getName();

    /** What was set on this thread and not restored yet, the latest first; absent rather than empty. */
    private static final ThreadLocal<@Nullable Deque<Scope>> OPEN = new ThreadLocal<>();

    /** Makes the accessor; the service loader does. */
    public RequestContextAccessor() {}

    @Override
    public Object key() {
        return KEY;
    }

    @Override
    public @Nullable RequestContext getValue() {
        return RequestContext.current().orElse(null);
    }

    @Override
    public void setValue(RequestContext value) {
        open(Optional.of(value));
    }

    @Override
    public void setValue() {
        open(Optional.empty());
    }

    /**
     * Ends what was set last, which brings back what was bound before it.
     *
     * @param previousValue what that is
     */
    @Override
    public void restore(RequestContext previousValue) {
        close();
    }

    @Override
    public void restore() {
        close();
    }

    private static void open(Optional<RequestContext> context) {
        Deque<Scope> open = OPEN.get();
        if (open == null) {
            open = new ArrayDeque<>();
            OPEN.set(open);
        }
        open.push(RequestContext.replace(context));
    }

    private static void close() {
        Deque<Scope> open = OPEN.get();
        if (open == null) {
            return;
        }
        open.pop().close();
        if (open.isEmpty()) {
            OPEN.remove();
        }
    }
}
