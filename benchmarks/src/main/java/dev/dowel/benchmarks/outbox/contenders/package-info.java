/** Who stores events and publishes them. */
@NullMarked
package dev.dowel.benchmarks.outbox.contenders;

import org.jspecify.annotations.NullMarked;
