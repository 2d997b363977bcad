package dev.dowel.messaging;

import java.util.Map;

/**
 * Carries the current trace over messages, as W3C Trace Context: the headers {@code traceparent} and {@code tracestate}. Set
 * it with {@link Messaging.Builder#traceContext}. Must be safe for use by several threads. What it throws is logged once,
 * and the message goes its way without a trace.
 */
public interface TraceContext {
    /**
     * Returns the headers for a message that the calling thread is about to publish. Not called for a message that has a
     * {@code traceparent} already.
     *
     * @param exchange where it will be published
     * @return {@code traceparent} and, if there is one, {@code tracestate}; empty outside of any trace. Other names and
     *     malformed values are left out
     */
    Map<String, String> capture(String exchange);

    /**
     * Makes the trace of a message current on this thread, around one attempt at handling it.
     *
     * @param queue the subscription's queue
     * @param headers a well-formed {@code traceparent} and perhaps {@code tracestate}; empty if the message came without
     * @return ends it; closed on the same thread
     */
    Scope restore(String queue, Map<String, String> headers);

    /** A trace that is current on a thread. */
    interface Scope extends AutoCloseable {
        /**
         * Hears why the handling failed, before it ends.
         *
         * @param failure what was thrown
         */
        default void failed(Throwable failure) {}

        /** Brings back what was current before. */
        @Override
        void close();
    }
}
