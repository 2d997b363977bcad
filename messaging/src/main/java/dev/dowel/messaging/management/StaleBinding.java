package dev.dowel.messaging.management;

/**
 * A binding of a subscription's queue that the subscription does not want.
 *
 * @param queue the queue
 * @param exchange the exchange it gets messages from
 * @param routingKey the binding's key
 */
public record StaleBinding(String queue, String exchange, String routingKey) {}
