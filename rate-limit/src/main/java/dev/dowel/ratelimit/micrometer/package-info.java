/**
 * Makes Micrometer meters of what the filter and its stores do. Needs {@code io.micrometer:micrometer-core}. Safe for use by
 * several threads.
 */
@NullMarked
package dev.dowel.ratelimit.micrometer;

import org.jspecify.annotations.NullMarked;
