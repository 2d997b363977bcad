/** What answers the contenders: an interceptor in the same process, or a plain-socket server in one of its own. */
@NullMarked
package dev.dowel.benchmarks.server;

import org.jspecify.annotations.NullMarked;
