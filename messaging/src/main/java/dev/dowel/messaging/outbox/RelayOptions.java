package dev.dowel.messaging.outbox;

import java.time.Duration;
import java.util.List;

/**
 * How a relay works.
 *
 * @param batchSize how many rows are published at once, at most
 * @param pollInterval how often it looks without being woken, while it finds something
 * @param confirmTimeout how long a batch may wait for its confirms
 * @param idleLimit for how long its transaction may be idle until the database gives it up
 * @param listeners who hears what it does
 */
record RelayOptions(
        int batchSize,
        Duration pollInterval,
        Duration confirmTimeout,
        Duration idleLimit,
        List<OutboxListener> listeners) {}
