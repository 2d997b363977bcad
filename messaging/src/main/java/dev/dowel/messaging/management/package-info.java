/**
 * Looks at what is bound on a broker through RabbitMQ's management plugin, where that is enabled: {@link
 * dev.dowel.messaging.management.BindingCheck}. Nothing here is needed to publish or consume; instances are safe for use
 * by several threads.
 */
@NullMarked
package dev.dowel.messaging.management;

import org.jspecify.annotations.NullMarked;
