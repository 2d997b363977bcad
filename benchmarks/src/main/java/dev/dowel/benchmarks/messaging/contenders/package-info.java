/** What publishes to and consumes from a broker in the benchmarks, each set up as its manual says. */
@NullMarked
package dev.dowel.benchmarks.messaging.contenders;

import org.jspecify.annotations.NullMarked;
