/**
 * A servlet filter that limits calls per client address. Start at {@link dev.dowel.ratelimit.RateLimitFilter}. Filters
 * and stores are safe for use by several threads, rules are immutable, builders are for one thread.
 */
@NullMarked
package dev.dowel.ratelimit;

import org.jspecify.annotations.NullMarked;
