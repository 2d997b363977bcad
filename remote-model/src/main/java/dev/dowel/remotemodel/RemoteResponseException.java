package dev.dowel.remotemodel;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The other service answered with a status that is not a success, or with a redirect that was not followed. The nested
 * types are those a caller may want to catch apart.
 */
public class RemoteResponseException extends RemoteModelException {

    private static final long serialVersionUID = 1L;

    /** The HTTP status. */
    private final int status;

    /** The response headers, by name without case. */
    private final TreeMap<String, List<String>> headers;

    private final transient @Nullable Problem problem;

    /** How long the provider wants to be left alone, if it said so. */
    private final @Nullable Duration retryAfter;

    /** The beginning of the body. */
    private final byte[] body;

    RemoteResponseException(Parts parts) {
        super(parts.message, parts.cause);
        this.status = parts.status;
        this.headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        this.headers.putAll(parts.headers);
        this.problem = parts.problem;
        this.retryAfter = parts.retryAfter;
        this.body = parts.body;
    }

    /**
     * Makes the exception of a status, for tests and for repositories of your own.
     *
     * @param status the HTTP status, 300 to 599
     * @param message what was asked and what came back, without secrets
     * @return the exception, of the nested type for the status where there is one
     * @throws IllegalArgumentException when the status is out of range
     */
    public static RemoteResponseException of(int status, String message) {
        if (status < 300 || status > 599) {
            throw new IllegalArgumentException("status must be 300 to 599 but is " + status);
        }
        return of(new Parts(message, status, Map.of(), null, null, new byte[0], null));
    }

    static RemoteResponseException of(Parts parts) {
        return switch (parts.status) {
            case 400, 422 -> new BadRequest(parts);
            case 401 -> new Unauthorized(parts);
            case 403 -> new Forbidden(parts);
            case 404, 410 -> new RouteNotFound(parts);
            case 409 -> new Conflict(parts);
            case 412 -> new PreconditionFailed(parts);
            case 429 -> new TooManyRequests(parts);
            case 503 -> new Unavailable(parts);
            default -> ofClass(parts);
        };
    }

    private static RemoteResponseException ofClass(Parts parts) {
        if (parts.status < 400) {
            return new UnexpectedRedirect(parts);
        }
        return parts.status < 500 ? new RemoteResponseException(parts) : new ServerError(parts);
    }

    /**
     * Returns the status of the response.
     *
     * @return the HTTP status, whatever the body says
     */
    public final int status() {
        return status;
    }

    /**
     * Returns the headers of the response, which may hold anything: do not log them.
     *
     * @return names, compared without case, to values; unmodifiable
     */
    public final Map<String, List<String>> headers() {
        return java.util.Collections.unmodifiableMap(headers);
    }

    /**
     * Returns the problem the provider described.
     *
     * @return the problem, or empty when the body was not {@code application/problem+json}
     */
    public final Optional<Problem> problem() {
        return Optional.ofNullable(problem);
    }

    /**
     * Returns how long the provider wants to be left alone (RFC 9110, Retry-After).
     *
     * @return the time from the moment of the response, or empty when it did not say
     */
    public final Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }

    /**
     * Returns the beginning of the body, which may hold anything: do not log it.
     *
     * @return a copy of at most 64 KiB
     */
    public final byte[] body() {
        return body.clone();
    }

    @Override
    final RemoteModelException copy() {
        return of(new Parts(text(), status, headers, problem, retryAfter, body, this));
    }

    /** What an exception is made of. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    record Parts(
            String message,
            int status,
            Map<String, List<String>> headers,
            @Nullable Problem problem,
            @Nullable Duration retryAfter,
            byte[] body,
            @Nullable Throwable cause) {}

    /** 400 or 422: what was sent is wrong; {@link #problem()} may say what. */
    public static final class BadRequest extends RemoteResponseException {

        private static final long serialVersionUID = 1L;

        BadRequest(Parts parts) {
            super(parts);
        }
    }

    /** 401: the service does not know the caller; check the service's credentials option. */
    public static final class Unauthorized extends RemoteResponseException {

        private static final long serialVersionUID = 1L;

        Unauthorized(Parts parts) {
            super(parts);
        }
    }

    /** 403: the service knows the caller and refuses. */
    public static final class Forbidden extends RemoteResponseException {

        private static final long serialVersionUID = 1L;

        Forbidden(Parts parts) {
            super(parts);
        }
    }

    /** 409: the state of the entity does not allow it, for example because it exists already. */
    public static final class Conflict extends RemoteResponseException {

        private static final long serialVersionUID = 1L;

        Conflict(Parts parts) {
            super(parts);
        }
    }

    /** 412: the entity is no longer the one {@link RemoteModel#ifMatch} named; read it again. */
    public static final class PreconditionFailed extends RemoteResponseException {

        private static final long serialVersionUID = 1L;

        PreconditionFailed(Parts parts) {
            super(parts);
        }
    }

    /** 429: the caller asks too often; {@link #retryAfter()} may say when to come back. */
    public static final class TooManyRequests extends RemoteResponseException {

        private static final long serialVersionUID = 1L;

        TooManyRequests(Parts parts) {
            super(parts);
        }
    }

    /** 3xx: a redirect that was not followed; {@link RemoteService.Builder#followSameOriginRedirects} says which are. */
    public static final class UnexpectedRedirect extends RemoteResponseException {

        private static final long serialVersionUID = 1L;

        UnexpectedRedirect(Parts parts) {
            super(parts);
        }
    }

    /** 404 or 410 for a list or a creation, or one that is not the service's own: a wrong base URL, prefix, version or entity. */
    public static final class RouteNotFound extends RemoteResponseException {

        private static final long serialVersionUID = 1L;

        RouteNotFound(Parts parts) {
            super(parts);
        }
    }

    /** 5xx: the service failed. */
    public static class ServerError extends RemoteResponseException {

        private static final long serialVersionUID = 1L;

        ServerError(Parts parts) {
            super(parts);
        }
    }

    /** 503: the service cannot answer now; {@link #retryAfter()} may say when to come back. */
    public static final class Unavailable extends ServerError {

        private static final long serialVersionUID = 1L;

        Unavailable(Parts parts) {
            super(parts);
        }
    }
}
