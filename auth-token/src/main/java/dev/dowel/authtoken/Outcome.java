package dev.dowel.authtoken;

import java.time.Duration;

/** What is known of a request's token, kept for its further dispatches. Holds no token. */
sealed interface Outcome {

    /** The token was accepted. */
    record Authenticated(ServicePrincipal principal) implements Outcome {}

    /** There is no token that was accepted; the duration counts only where the caller shall come back later. */
    record Refused(Verification.Rejected rejected, Duration retryAfter) implements Outcome {

        Refused(RefusalReason reason) {
            this(new Verification.Rejected(reason), Duration.ZERO);
        }

        Refused(RefusalReason reason, Duration retryAfter) {
            this(new Verification.Rejected(reason), retryAfter);
        }

        RefusalReason reason() {
            return rejected.reason();
        }
    }
}
