package dev.dowel.remotemodel;

import java.util.Optional;

/**
 * Sends one attempt of a call. The library's own does that over HTTP; {@link RemoteService.Builder#transport} puts others
 * around it, such as a circuit breaker or a bulkhead. Safe for use by several threads.
 *
 * <pre>{@code
 * CircuitBreaker breaker = CircuitBreaker.of("users", config); // Resilience4j; Failsafe.with(breaker).get(...) does it too
 * RemoteService.builder("users", url).transport(next -> call -> breaker.executeCallable(() -> next.execute(call)))
 * }</pre>
 *
 * <p>A transport that decides not to send throws any exception without calling the next one: the call then fails at once
 * with a {@link RemoteCallException} that has it as cause, and is known not to have been sent by this attempt.
 */
@FunctionalInterface
public interface Transport {

    /**
     * Sends one attempt. May be called on any thread, and must not call the next transport twice.
     *
     * @param call what is sent; hand the same instance to the next transport
     * @return what the next transport returned
     * @throws java.io.IOException when no answer came, which retries may mend
     * @throws Exception any other to give the call up; a wrapper around an {@link java.io.IOException} counts as that
     */
    Response execute(CallInfo call) throws Exception;

    /** What came back, whatever its status. */
    interface Response {

        /**
         * Returns the HTTP status.
         *
         * @return 100 to 599
         */
        int status();

        /**
         * Returns how long the provider wants to be left alone (RFC 9110, Retry-After), for transports that look at load.
         *
         * @return the value of the header as it came, or empty when there is none
         */
        Optional<String> retryAfterHeader();
    }
}
