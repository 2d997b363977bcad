package dev.dowel.benchmarks.ratelimit;

/** Something that counts calls. */
interface Contender extends AutoCloseable {
    /** Counts a call of this client; returns whether it passes. */
    boolean passes(String address);

    /** Ends what runs by itself. */
    @Override
    default void close() {}
}
