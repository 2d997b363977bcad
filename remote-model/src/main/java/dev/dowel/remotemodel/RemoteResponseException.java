package dev.dowel.remotemodel;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The other service answered with a status that is not a success, or with a redirect, which is never followed. */
public final class RemoteResponseException extends RemoteModelException {

    private static final long serialVersionUID = 1L;

    /** The HTTP status. */
    private final int status;

    private final transient @Nullable Problem problem;

    /** How long the provider wants to be left alone, if it said so. */
    private final @Nullable Duration retryAfter;

    /** The beginning of the body. */
    private final byte[] body;

    /**
     * Makes the exception.
     *
     * @param message what was asked and what came back, without secrets
     * @param status the HTTP status
     * @param problem the problem the provider described, if it did
     * @param retryAfter how long the provider wants to be left alone, if it said so
     * @param body the first 64 KiB of the body
     */
    public RemoteResponseException(
            String message, int status, Optional<Problem> problem, Optional<Duration> retryAfter, byte[] body) {
        this(message, status, problem.orElse(null), retryAfter.orElse(null), body.clone(), null);
    }

    private RemoteResponseException(
            String message,
            int status,
            @Nullable Problem problem,
            @Nullable Duration retryAfter,
            byte[] body,
            @Nullable Throwable cause) {
        super(Objects.requireNonNull(message, "message"), cause);
        this.status = status;
        this.problem = problem;
        this.retryAfter = retryAfter;
        this.body = body;
    }

    /**
     * Returns the status of the response.
     *
     * @return the HTTP status, whatever the body says
     */
    public int status() {
        return status;
    }

    /**
     * Returns the problem the provider described.
     *
     * @return the problem, or empty when the body was not {@code application/problem+json}
     */
    public Optional<Problem> problem() {
        return Optional.ofNullable(problem);
    }

    /**
     * Returns how long the provider wants to be left alone (RFC 9110, Retry-After).
     *
     * @return the time from the moment of the response, or empty when it did not say
     */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }

    /**
     * Returns the beginning of the body, which may hold anything: do not log it.
     *
     * @return a copy of at most 64 KiB
     */
    public byte[] body() {
        return body.clone();
    }

    @Override
    RemoteModelException copy() {
        return new RemoteResponseException(text(), status, problem, retryAfter, body, this);
    }
}
