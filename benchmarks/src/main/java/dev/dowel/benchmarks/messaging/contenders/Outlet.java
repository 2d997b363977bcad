package dev.dowel.benchmarks.messaging.contenders;

/** What publishes, with its connection. */
interface Outlet extends AutoCloseable {

    /** Publishes once. */
    @FunctionalInterface
    interface Caller {

        /**
         * Publishes what was due at this time, waiting for the confirm or for a place in the window; whoever sees the
         * confirm counts it.
         */
        void publish(long due) throws Exception;
    }

    /** Returns what one thread publishes with. */
    Caller caller() throws Exception;

    /** Closes the connection. */
    @Override
    void close();
}
