/**
 * Carries the request context with Micrometer's context propagation, for those who have {@code
 * io.micrometer:context-propagation} on the class path; nothing has to be called or configured.
 * {@link dev.dowel.remotemodel.micrometer.RequestContextAccessor} is found by the service loader. Safe for use by several
 * threads.
 */
@NullMarked
package dev.dowel.remotemodel.micrometer;

import org.jspecify.annotations.NullMarked;
