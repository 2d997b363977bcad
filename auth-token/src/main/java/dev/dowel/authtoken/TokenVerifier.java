package dev.dowel.authtoken;

/**
 * Decides whether a bearer token is good. Implementations are called by many threads at once and once per request.
 *
 * <p>A verifier answers {@link Verification.Unavailable} when it cannot tell. A {@link RuntimeException} is treated as
 * that too, and only its class is logged, because its message may hold the token.
 */
@FunctionalInterface
public interface TokenVerifier {

    /**
     * Returns what is known about the token.
     *
     * @param token characters of the token68 grammar of RFC 9110, within the length limit of the filter
     * @return the verdict, never null
     */
    Verification verify(BearerToken token);

    /**
     * Returns the longest {@code Authorization} value that a filter in front of this verifier looks at, unless the filter
     * is told otherwise.
     *
     * @return 64 to 65,536 characters; 2,048 unless a verifier needs more
     */
    default int maxTokenLength() {
        return 2_048;
    }
}
