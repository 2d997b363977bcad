package dev.dowel.messaging;

import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What an operator wants to know at a glance; immutable. Made from what the library knows already: the broker is not asked
 * for it. Do not make liveness depend on it: a broker outage is no reason to restart a service.
 *
 * @param publishing the connection that publishes
 * @param consuming the connection that consumes
 * @param blockedSince when the broker began to block publishers; empty while it does not
 * @param inFlight how many messages are being sent and not confirmed yet, copies to retry and parking queues included
 * @param consumersActive how many consumers are running
 * @param consumersWanted how many should be running
 * @param parked for the queue of each running subscription, how many messages its parking queue holds; counted every five
 *     seconds, and absent before the first count
 * @param topologyProblems for each exchange, queue or binding that could not be had as wanted (named such as
 *     {@code queue likes.parking}), what the broker said; looked at again at least every thirty seconds
 * @param lastError one line about the last failure to connect or consume; empty when there was none since the last success
 */
public record MessagingHealth(
        ConnectionState publishing,
        ConnectionState consuming,
        Optional<Instant> blockedSince,
        int inFlight,
        int consumersActive,
        int consumersWanted,
        Map<String, Long> parked,
        Map<String, String> topologyProblems,
        String lastError) {
    /**
     * Checks that nothing is null and copies the maps.
     *
     * @param publishing the connection that publishes
     * @param consuming the connection that consumes
     * @param blockedSince when the broker began to block publishers; empty while it does not
     * @param inFlight how many messages are not confirmed yet
     * @param consumersActive how many consumers are running
     * @param consumersWanted how many should be running
     * @param parked how many messages are parked, by the queue of their subscription
     * @param topologyProblems what the broker said, by exchange, queue or binding
     * @param lastError one line about the last failure to connect or consume, or empty
     */
    public MessagingHealth {
        Objects.requireNonNull(publishing, "publishing");
        Objects.requireNonNull(consuming, "consuming");
        Objects.requireNonNull(blockedSince, "blockedSince");
        Objects.requireNonNull(lastError, "lastError");
        parked = Map.copyOf(parked);
        topologyProblems = Map.copyOf(topologyProblems);
    }

    /**
     * Returns both connections in a word.
     *
     * @return {@code CONNECTED} if both are, else the state of the publishing one, or of the consuming one if only that is
     *     not connected
     */
    public ConnectionState state() {
        return publishing == ConnectionState.CONNECTED ? consuming : publishing;
    }

    /**
     * Tells whether everything wanted is there. Parked messages do not count: they wait for a person, not for the service.
     *
     * @return true if both connections are there, nothing is blocked, all consumers run and there is no topology problem
     */
    public boolean healthy() {
        return state() == ConnectionState.CONNECTED && consumersActive == consumersWanted && topologyProblems.isEmpty();
    }
}
