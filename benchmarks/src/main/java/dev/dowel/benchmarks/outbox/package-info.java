/** The outbox beside its peers, on one private broker and one private database. */
@NullMarked
package dev.dowel.benchmarks.outbox;

import org.jspecify.annotations.NullMarked;
