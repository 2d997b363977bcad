/**
 * Counts in a Redis. Needs {@code com.bucket4j:bucket4j_jdk17-core}, {@code com.bucket4j:bucket4j_jdk17-lettuce} and {@code
 * io.lettuce:lettuce-core}. Safe for use by several threads.
 */
@NullMarked
package dev.dowel.ratelimit.redis;

import org.jspecify.annotations.NullMarked;
