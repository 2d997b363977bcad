package dev.dowel.authtoken;

import java.time.Duration;

/** What is known of a request's token, kept for its further dispatches. Holds no token. */
sealed interface Outcome {

    /** The token was accepted. */
    record Authenticated(ServicePrincipal principal) implements Outcome {}

    /** There is no token that was accepted; the duration counts only where the verifier was unavailable. */
    record Refused(RefusalReason reason, Duration retryAfter) implements Outcome {}
}
