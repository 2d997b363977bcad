package dev.dowel.messaging.internal;

import dev.dowel.messaging.EncodedMessage;
import dev.dowel.messaging.Messaging;
import dev.dowel.messaging.TraceContext;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries traces over messages, if there is something to carry them with; what that throws harms no message. */
public final class Tracing {
    /** Nothing is carried. */
    public static final Tracing NONE = new Tracing(Optional.empty());

    private static final Logger LOG = LoggerFactory.getLogger(Messaging.class);
    private static final TraceContext.Scope NOTHING = () -> {};

    private final @Nullable TraceContext context;
    private final AtomicBoolean complained = new AtomicBoolean();

    /**
     * Makes what carries traces.
     *
     * @param context takes and gives them
     */
    public Tracing(Optional<TraceContext> context) {
        this.context = context.orElse(null);
    }

    /**
     * Adds the trace of this thread.
     *
     * @param exchange where the message will be published
     * @param message the message
     * @return the message itself if there is no trace, or it has one already
     */
    public EncodedMessage add(String exchange, EncodedMessage message) {
        if (context == null || TraceHeaders.in(message.headers())) {
            return message;
        }
        Map<String, String> trace = captured(context, exchange);
        if (trace.isEmpty()) {
            return message;
        }
        Map<String, String> headers = new HashMap<>(message.headers());
        headers.remove(TraceHeaders.STATE);
        headers.putAll(trace);
        return new EncodedMessage(
                message.messageId(),
                message.eventId(),
                message.type(),
                message.routingKey(),
                message.key(),
                message.correlationId(),
                message.contentType(),
                headers,
                message.body(),
                message.route());
    }

    private Map<String, String> captured(TraceContext from, String exchange) {
        try {
            return TraceHeaders.of(from.capture(exchange));
        } catch (RuntimeException | LinkageError e) {
            complain(e);
            return Map.of();
        }
    }

    TraceContext.Scope restore(String queue, Map<String, String> headers) {
        if (context == null) {
            return NOTHING;
        }
        try {
            return new Guarded(context.restore(queue, TraceHeaders.of(headers)));
        } catch (RuntimeException | LinkageError e) {
            complain(e);
            return NOTHING;
        }
    }

    private void complain(Throwable e) {
        if (complained.compareAndSet(false, true)) {
            LOG.warn("The trace context failed; messages go on without a trace and this is said once", e);
        }
    }

    private final class Guarded implements TraceContext.Scope {
        private final TraceContext.Scope scope;

        Guarded(TraceContext.Scope scope) {
            this.scope = scope;
        }

        @Override
        public void failed(Throwable failure) {
            try {
                scope.failed(failure);
            } catch (RuntimeException | LinkageError e) {
                complain(e);
            }
        }

        @Override
        public void close() {
            try {
                scope.close();
            } catch (RuntimeException | LinkageError e) {
                complain(e);
            }
        }
    }
}
