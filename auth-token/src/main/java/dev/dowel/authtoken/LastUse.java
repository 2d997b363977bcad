package dev.dowel.authtoken;

import java.time.Instant;
import java.util.Optional;

/** When a secret was last accepted, to the second; kept for the secret over reloads. */
final class LastUse {

    private static final long NEVER = Long.MIN_VALUE;

    private volatile long second = NEVER;

    /** Returns whether this was the first use. Writes at most once a second, so that calls do not contend for it. */
    boolean at(Instant now) {
        long before = second;
        long current = now.getEpochSecond();
        if (current > before) {
            second = current;
        }
        return before == NEVER;
    }

    Optional<Instant> time() {
        long known = second;
        return known == NEVER ? Optional.empty() : Optional.of(Instant.ofEpochSecond(known));
    }
}
