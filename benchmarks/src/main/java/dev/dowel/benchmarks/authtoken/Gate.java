package dev.dowel.benchmarks.authtoken;

/** Something that lets one call, always the same, through or not. Not safe for use by several threads. */
@FunctionalInterface
public interface Gate {

    /** Takes the call once and returns whether it came through. */
    boolean admits() throws Exception;
}
