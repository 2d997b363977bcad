/** auth-token beside its peers: one call, in memory, with no container around it. */
@NullMarked
package dev.dowel.benchmarks.authtoken;

import org.jspecify.annotations.NullMarked;
