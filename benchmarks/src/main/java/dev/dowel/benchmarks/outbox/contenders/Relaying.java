package dev.dowel.benchmarks.outbox.contenders;

/** Stores events in transactions and publishes them afterwards. Several threads may store. */
public interface Relaying extends AutoCloseable {

    /**
     * Stores events in one transaction.
     *
     * @param bodies what to publish
     * @param committing is called just before the commit
     */
    void store(byte[][] bodies, Runnable committing) throws Exception;

    /** Begins to publish what is stored and what will be; who sees that a row is done counts it. */
    void start() throws Exception;

    /** Ends all of it. */
    @Override
    void close() throws Exception;
}
