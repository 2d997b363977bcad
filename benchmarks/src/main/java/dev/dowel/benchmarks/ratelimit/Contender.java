package dev.dowel.benchmarks.ratelimit;

/** Something that counts calls. */
interface Contender {
    /** Counts a call of this client; returns whether it passes. */
    boolean passes(String address);
}
