package dev.dowel.authtoken;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

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
     * @param client the configured client that the token names, if it names one; never text that only the caller chose
     * @param secret the label of the secret that matched, if one did and has a label
     */
    record Rejected(RefusalReason reason, Optional<String> client, Optional<String> secret) implements Verification {
        /**
         * Checks that nothing is null.
         *
         * @param reason why
         * @param client the configured client that the token names
         * @param secret the label of the secret that matched
         */
        public Rejected {
            Objects.requireNonNull(reason, "reason");
            Objects.requireNonNull(client, "client");
            Objects.requireNonNull(secret, "secret");
        }

        /**
         * Makes a refusal of a token that names no known client.
         *
         * @param reason why
         */
        public Rejected(RefusalReason reason) {
            this(reason, Optional.empty(), Optional.empty());
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
