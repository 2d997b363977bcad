/** The libraries that are compared, each behind {@link dev.dowel.benchmarks.contenders.Contender}. */
@NullMarked
package dev.dowel.benchmarks.contenders;

import org.jspecify.annotations.NullMarked;
