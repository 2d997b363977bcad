package dev.dowel.authtoken;

/**
 * Why a call was refused, for the audit trail only: the answer to the caller never tells {@link #MALFORMED} and the
 * reasons of a verifier apart.
 */
public enum RefusalReason {
    /** The call has no {@code Authorization} header. */
    MISSING,
    /** The header names another scheme than Bearer, or none. */
    OTHER_SCHEME,
    /** The call has several {@code Authorization} headers, or a list in one. */
    SEVERAL_CREDENTIALS,
    /** The token is absent, too long, has foreign characters or does not decode to a client and a secret. */
    MALFORMED,
    /** No client has the id that the token names. */
    UNKNOWN_CLIENT,
    /** The client is known and none of its secrets is the one sent. */
    WRONG_SECRET,
    /** The secret is right and its {@code not-before} lies ahead. */
    NOT_YET_VALID,
    /** The secret is right and its {@code expires} has come. */
    EXPIRED,
    /** The secret is right and switched off. */
    DISABLED,
    /** A verifier of your own refused for a reason of its own. */
    OTHER,
    /** The token was accepted and its client lacks a scope that the path needs. */
    INSUFFICIENT_SCOPE,
    /** The {@link FailureLimiter} holds the address back; the token was not looked at. */
    TOO_MANY_FAILURES,
    /** The verifier could not tell, so nobody passes until it can. */
    UNAVAILABLE
}
