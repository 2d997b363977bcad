package dev.dowel.messaging;

import java.util.Objects;

/**
 * What an operator wants to know at a glance. Do not make liveness depend on it: a broker outage is no reason to restart
 * a service.
 *
 * @param state the connection that publishes
 * @param consumersActive how many consumers are running
 * @param consumersWanted how many should be running
 * @param lastError one line about the last failure to connect, declare or consume; empty when there was none since the
 *     last success
 */
public record MessagingHealth(ConnectionState state, int consumersActive, int consumersWanted, String lastError) {
    /**
     * Checks that nothing is null.
     *
     * @param state the connection that publishes
     * @param consumersActive how many consumers are running
     * @param consumersWanted how many should be running
     * @param lastError one line about the last failure to connect, declare or consume; empty when there was none since the
     *     last success
     */
    public MessagingHealth {
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(lastError, "lastError");
    }

    /**
     * Tells whether everything wanted is there.
     *
     * @return true if connected and all consumers run
     */
    public boolean healthy() {
        return state == ConnectionState.CONNECTED && consumersActive == consumersWanted;
    }
}
