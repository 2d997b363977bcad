package dev.dowel.authtoken;

/** How a {@link BearerTokenFilter} treats the {@code Authorization} header of a call. */
public enum Authentication {
    /** Only a call with an accepted token passes; this is the default for every path. */
    REQUIRED,
    /** A call without the header passes as nobody; one with a header that is not accepted is refused. */
    OPTIONAL_STRICT,
    /**
     * A call without an accepted token passes as nobody; only a verifier that cannot answer refuses it, with 503, or a
     * {@link FailureLimiter}, with 429.
     */
    OPTIONAL_LENIENT,
    /**
     * Every call passes as nobody and the header is not looked at. What the container or an earlier filter found out of the
     * caller is hidden too.
     */
    NONE;

    boolean letsThrough(RefusalReason reason) {
        return switch (this) {
            case REQUIRED -> false;
            case OPTIONAL_STRICT -> reason == RefusalReason.MISSING;
            case OPTIONAL_LENIENT -> reason != RefusalReason.UNAVAILABLE && reason != RefusalReason.TOO_MANY_FAILURES;
            case NONE -> true;
        };
    }
}
