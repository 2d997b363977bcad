package dev.dowel.messaging.internal;

import dev.dowel.messaging.Delivery;
import java.sql.Connection;
import java.time.Instant;
import java.util.Optional;

/** A delivery as the library sees it before its handler does. */
public interface Incoming extends Delivery {
    /**
     * Returns the encoded body.
     *
     * @return the body
     */
    byte[] body();

    /**
     * Returns the event's name.
     *
     * @return the name, or empty when the publisher gave none
     */
    Optional<String> eventName();

    /**
     * Returns when it failed first on this consumer, which has kept it since.
     *
     * @return the time, or empty if it did not fail here
     */
    Optional<Instant> firstFailureNoted();

    /**
     * Returns when it failed first.
     *
     * @return what is noted here or in its header, else empty
     */
    default Optional<Instant> firstFailureAt() {
        return FailureReport.instant(headers().get(FailureHeaders.FIRST_AT)).or(this::firstFailureNoted);
    }

    /**
     * Sets what {@link #connection()} returns.
     *
     * @param transaction the connection of the inbox's transaction
     */
    void connection(Connection transaction);
}
