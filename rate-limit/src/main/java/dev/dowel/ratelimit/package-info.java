/** Dowel rate-limit. */
@NullMarked
package dev.dowel.ratelimit;

import org.jspecify.annotations.NullMarked;
