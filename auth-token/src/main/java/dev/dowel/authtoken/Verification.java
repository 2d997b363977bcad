package dev.dowel.authtoken;

import java.time.Duration;
import java.util.Objects;

/** What a {@link TokenVerifier} found out about a token. Instances are immutable. */
public sealed interface Verification {

    /**
     * The token is good.
     *
     * @param principal who calls, not null
     */
    record Accepted(ServicePrincipal principal) implements Verification {
        /**
         * Checks that the principal is not null.
         *
         * @param principal who calls
         */
        public Accepted {
            Objects.requireNonNull(principal, "principal");
        }
    }

    /**
     * The token is not good. The caller gets the same 401 whatever the reason.
     *
     * @param reason why, for the audit trail only, not null
     */
    record Rejected(RefusalReason reason) implements Verification {
        /**
         * Checks that the reason is not null.
         *
         * @param reason why
         */
        public Rejected {
            Objects.requireNonNull(reason, "reason");
        }
    }

    /**
     * It cannot be known at the moment whether the token is good, for example because keys cannot be fetched. The caller
     * gets 503.
     *
     * @param retryAfter when to ask again, not negative; sent in whole seconds, rounded up, at least 1
     */
    record Unavailable(Duration retryAfter) implements Verification {
        /**
         * Checks the duration.
         *
         * @param retryAfter when to ask again
         * @throws IllegalArgumentException if the duration is negative
         */
        public Unavailable {
            Objects.requireNonNull(retryAfter, "retryAfter");
            if (retryAfter.isNegative()) {
                throw new IllegalArgumentException("retryAfter must not be negative: " + retryAfter);
            }
        }
    }
}
