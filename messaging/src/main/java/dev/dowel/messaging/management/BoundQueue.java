package dev.dowel.messaging.management;

import java.util.List;

/**
 * A queue that an event would still reach.
 *
 * @param queue the queue's name
 * @param consumers how many consumers it has now, of all services; 0 if it only fills
 * @param routingKeys the binding keys that let the event in, in alphabetical order; behind another exchange, those of
 *     the last one
 */
public record BoundQueue(String queue, int consumers, List<String> routingKeys) {
    /**
     * Copies the list.
     *
     * @param queue the queue's name
     * @param consumers how many consumers it has now
     * @param routingKeys the binding keys that let the event in
     */
    public BoundQueue {
        routingKeys = List.copyOf(routingKeys);
    }
}
