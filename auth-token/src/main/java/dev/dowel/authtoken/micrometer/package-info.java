/**
 * Meters of authentication: {@link dev.dowel.authtoken.micrometer.MicrometerAuthenticationListener} is a listener of filter
 * and verifier. Needs {@code io.micrometer:micrometer-core}, which is optional. Safe for use by several threads.
 */
@NullMarked
package dev.dowel.authtoken.micrometer;

import org.jspecify.annotations.NullMarked;
