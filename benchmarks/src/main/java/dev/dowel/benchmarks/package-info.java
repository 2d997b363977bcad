/** JMH benchmarks of the modules beside their peers. */
@NullMarked
package dev.dowel.benchmarks;

import org.jspecify.annotations.NullMarked;
