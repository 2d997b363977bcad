package dev.dowel.authtoken;

import java.time.Duration;
import java.util.Optional;

/**
 * Slows down who sends wrong tokens. Called by many threads at once, on the thread of the request, so it should be quick;
 * what it throws is dropped, and the call is judged by its token alone.
 */
public interface FailureLimiter {

    /**
     * Asked before a token is looked at.
     *
     * @param remoteAddress the address of the connection's other end, or what the address function given to {@link
     *     BearerTokenFilter.Builder#failureLimiter(FailureLimiter, java.util.function.Function)} says; {@code unknown} where
     *     there is none
     * @return how long this address has to wait, for a 429 with {@code Retry-After}; zero or less lets it go on
     */
    Duration waitFor(String remoteAddress);

    /**
     * A token was refused with 401 or 400. To hold a client id back everywhere would let anybody lock that client out, so
     * count it together with the address.
     *
     * @param remoteAddress the address of the connection's other end, or what the address function given to {@link
     *     BearerTokenFilter.Builder#failureLimiter(FailureLimiter, java.util.function.Function)} says; {@code unknown} where
     *     there is none
     * @param client the configured client that the token names, if it names one
     */
    void failed(String remoteAddress, Optional<String> client);
}
