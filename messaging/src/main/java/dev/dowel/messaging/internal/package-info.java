/** How it is done over RabbitMQ. Nothing here is for users of the library: it may change in any release. */
@NullMarked
package dev.dowel.messaging.internal;

import org.jspecify.annotations.NullMarked;
