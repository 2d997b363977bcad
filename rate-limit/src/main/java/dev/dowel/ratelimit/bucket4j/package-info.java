/**
 * Counts in any store for which bucket4j has a {@code ProxyManager}. Needs {@code com.bucket4j:bucket4j_jdk17-core}. Safe
 * for use by several threads.
 */
@NullMarked
package dev.dowel.ratelimit.bucket4j;

import org.jspecify.annotations.NullMarked;
