/**
 * RabbitMQ publishing and consuming that survives broker outages: versioned events, confirms, retries, a parking lot.
 * Start at {@link dev.dowel.messaging.Messaging}. {@link dev.dowel.messaging.Messaging},
 * {@link dev.dowel.messaging.Publisher} and {@link dev.dowel.messaging.Subscription} are safe for use by several
 * threads; messages, types and ranges are immutable; builders are for one thread.
 */
@NullMarked
package dev.dowel.messaging;

import org.jspecify.annotations.NullMarked;
