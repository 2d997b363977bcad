package dev.dowel.remotemodel;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * Hears what the models of a {@link RemoteService} do, for metrics and logs. Set it with {@link
 * RemoteService.Builder#listener}. No event holds an id, a URL that was called, a query, a body or a credential.
 *
 * <p>The methods are called on the thread that calls the model, so they should be quick, and by several threads at once.
 * What one throws is logged once for the listener and never fails a call.
 */
public interface CallListener {

    /**
     * Hears that a call ended: one question to the other service with all its attempts. A {@link Repository#getAll} of many
     * ids or a creation that is read back makes several.
     *
     * @param call what it was and how it ended
     */
    default void callEnded(Call call) {}

    /**
     * Hears that an entity or a page was looked up in what the request has read before. Not called without a {@link
     * RequestContext} and for {@link RemoteModel#fresh}, which do not look anything up.
     *
     * @param read whose and with what result
     */
    default void cacheRead(CacheRead read) {}

    /**
     * Hears that an answer carried a {@code Deprecation} (RFC 9745) or {@code Sunset} (RFC 8594) header; called for each
     * such answer, so that one can count who still calls. The library logs each entity and value as a
     * warning once a day.
     *
     * @param deprecation what will go away and when
     */
    default void deprecationNoticed(Deprecation deprecation) {}

    /** How a call ended. */
    enum Outcome {
        /** With a status of 2xx, and a document where one was promised. */
        SUCCESS,
        /** There is no such entity. */
        ABSENT,
        /** With a status of 3xx; redirects are not followed. */
        REDIRECT,
        /** With a status of 4xx other than for an absent entity. */
        CLIENT_ERROR,
        /** With a status of 5xx. */
        SERVER_ERROR,
        /** No answer in time, or no connection. */
        TIMEOUT,
        /** No answer, and nothing reached the other service; also when a transport of the user's refused. */
        NOT_SENT,
        /** No answer, and the other service may have done what was asked. */
        UNKNOWN,
        /** With a status of 2xx, but too large or not JSON. */
        UNREADABLE,
        /** By an exception of the program's own, such as one of a token supplier. */
        FAILED
    }

    /** Where the answer to a read came from. */
    enum CacheResult {
        /** From what the request has read before. */
        HIT,
        /** From the other service. */
        MISS,
        /** From another thread of the request that was asking for the same. */
        COALESCED
    }

    /**
     * A call that ended.
     *
     * @param service the name of the {@link RemoteService}
     * @param entity the name of the entity in the URL
     * @param operation what the caller wanted
     * @param outcome how it ended
     * @param attempts how often it was tried; 0 when the deadline of the request had passed before
     * @param duration how long it took, with all attempts and the pauses between them
     */
    record Call(String service, String entity, Operation operation, Outcome outcome, int attempts, Duration duration) {

        /**
         * Checks that nothing is null.
         *
         * @param service the name of the service
         * @param entity the name of the entity
         * @param operation what the caller wanted
         * @param outcome how it ended
         * @param attempts how often it was tried
         * @param duration how long it took
         */
        public Call {
            Objects.requireNonNull(service, "service");
            Objects.requireNonNull(entity, "entity");
            Objects.requireNonNull(operation, "operation");
            Objects.requireNonNull(outcome, "outcome");
            Objects.requireNonNull(duration, "duration");
        }
    }

    /**
     * A look-up in what the request has read before.
     *
     * @param service the name of the {@link RemoteService}
     * @param entity the name of the entity in the URL
     * @param result where the answer came from
     */
    record CacheRead(String service, String entity, CacheResult result) {

        /**
         * Checks that nothing is null.
         *
         * @param service the name of the service
         * @param entity the name of the entity
         * @param result where the answer came from
         */
        public CacheRead {
            Objects.requireNonNull(service, "service");
            Objects.requireNonNull(entity, "entity");
            Objects.requireNonNull(result, "result");
        }
    }

    /**
     * What an answer said about its own future.
     *
     * @param service the name of the {@link RemoteService}
     * @param entity the name of the entity in the URL
     * @param operation what the caller wanted
     * @param since since or from when it is deprecated, empty when the provider gave no date
     * @param sunset when it stops answering, empty when the provider gave no date
     * @param documentation where the provider says more ({@code Link} with {@code rel="deprecation"} or {@code "sunset"}),
     *     an absolute http or https URL without a query, empty when it gave none; it is the provider's text: never call it
     */
    record Deprecation(
            String service,
            String entity,
            Operation operation,
            Optional<Instant> since,
            Optional<Instant> sunset,
            Optional<String> documentation) {

        /**
         * Checks that nothing is null.
         *
         * @param service the name of the service
         * @param entity the name of the entity
         * @param operation what the caller wanted
         * @param since since or from when it is deprecated
         * @param sunset when it stops answering
         * @param documentation where the provider says more
         */
        public Deprecation {
            Objects.requireNonNull(service, "service");
            Objects.requireNonNull(entity, "entity");
            Objects.requireNonNull(operation, "operation");
            Objects.requireNonNull(since, "since");
            Objects.requireNonNull(sunset, "sunset");
            Objects.requireNonNull(documentation, "documentation");
        }
    }
}
