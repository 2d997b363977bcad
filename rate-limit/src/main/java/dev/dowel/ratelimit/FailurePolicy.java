package dev.dowel.ratelimit;

/** What happens to calls while the shared store cannot be reached. */
public enum FailurePolicy {
    /** Each instance counts on its own, by the limit divided by the number of instances; the default. */
    LOCAL,
    /** Calls pass as far as this instance's own count of the whole limit allows. */
    OPEN,
    /** Calls get 503. */
    CLOSED
}
