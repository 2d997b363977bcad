package dev.dowel.remotemodel;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One level of what is bound to a thread. */
final class Binding implements Scope {

    private static final Logger log = LoggerFactory.getLogger(RequestContext.class);
    private static final ThreadLocal<@Nullable Binding> TOP = new ThreadLocal<>();

    private final RequestContext context;
    private final @Nullable Binding below;
    private final Thread owner = Thread.currentThread();
    private volatile boolean closed;

    private Binding(RequestContext context, @Nullable Binding below) {
        this.context = context;
        this.below = below;
    }

    static Scope open(RequestContext context) {
        Binding binding = new Binding(context, top());
        TOP.set(binding);
        return binding;
    }

    static Optional<RequestContext> current() {
        Binding top = top();
        return top == null ? Optional.empty() : Optional.of(top.context);
    }

    /** The innermost open level. Levels closed out of turn or by another thread are dropped here. */
    private static @Nullable Binding top() {
        Binding top = TOP.get();
        if (top == null || !top.closed) {
            return top;
        }
        while (top != null && top.closed) {
            top = top.below;
        }
        if (top == null) {
            TOP.remove();
        } else {
            TOP.set(top);
        }
        return top;
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (Thread.currentThread() != owner) {
            log.warn("A request context scope was closed on another thread than the one that opened it");
        } else if (TOP.get() != this) {
            log.warn("A request context scope was closed before one that was opened inside it");
        } else {
            top();
        }
    }
}
