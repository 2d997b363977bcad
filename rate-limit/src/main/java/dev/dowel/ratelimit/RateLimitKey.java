package dev.dowel.ratelimit;

/**
 * Whom calls are counted for: an address, or anything else by its hash. Holds no text of the request, so that none of it
 * can get into a store, a log or a command. Two keys are equal if they stand for the same client. Immutable.
 */
public sealed interface RateLimitKey permits ClientAddress, HashedKey {
    /**
     * Returns the key's name in a shared store.
     *
     * @return 1 to 40 characters of {@code a-z 0-9 -}; the same on every instance, and for every spelling of an address
     */
    String text();
}
