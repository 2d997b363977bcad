package dev.dowel.remotemodel;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One level of what is bound to a thread. */
final class Binding implements Scope {

    private static final Logger log = LoggerFactory.getLogger(RequestContext.class);
    private static final ThreadLocal<@Nullable Binding> TOP = new ThreadLocal<>();

    /** Null where nothing is to be bound, whatever is below. */
    private final @Nullable RequestContext context;

    private final @Nullable Binding below;
    private final boolean endsWhatIsInside;
    private final Thread owner = Thread.currentThread();
    private volatile boolean closed;

    private Binding(@Nullable RequestContext context, @Nullable Binding below, boolean endsWhatIsInside) {
        this.context = context;
        this.below = below;
        this.endsWhatIsInside = endsWhatIsInside;
    }

    static Scope open(RequestContext context) {
        return push(new Binding(context, top(), false));
    }

    static Scope replace(@Nullable RequestContext context) {
        return push(new Binding(context, top(), true));
    }

    private static Scope push(Binding binding) {
        TOP.set(binding);
        return binding;
    }

    static Optional<RequestContext> current() {
        Binding top = top();
        return top == null ? Optional.empty() : Optional.ofNullable(top.context);
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
        } else if (endsWhatIsInside) {
            // This thread's chain holds this level: only top() takes levels out, and only closed ones.
            for (Binding inside = TOP.get(); inside != null && inside != this; inside = inside.below) {
                inside.closed = true;
            }
            top();
        } else if (TOP.get() != this) {
            log.warn("A request context scope was closed before one that was opened inside it");
        } else {
            top();
        }
    }
}
