/** rate-limit beside its peers. */
@org.jspecify.annotations.NullMarked
package dev.dowel.benchmarks.ratelimit;
