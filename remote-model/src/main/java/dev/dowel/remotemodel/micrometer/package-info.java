/**
 * Micrometer, in two parts that do not need each other: {@link dev.dowel.remotemodel.micrometer.MicrometerCallListener}
 * makes meters of what a service's models do and needs {@code io.micrometer:micrometer-core}; {@link
 * dev.dowel.remotemodel.micrometer.RequestContextAccessor} carries the request context with context propagation, is found
 * by the service loader and needs {@code io.micrometer:context-propagation}. Safe for use by several threads.
 */
@NullMarked
package dev.dowel.remotemodel.micrometer;

import org.jspecify.annotations.NullMarked;
