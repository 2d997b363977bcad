/**
 * An in-memory double of messaging for users' unit tests: it behaves as a user of the module sees it, not as a broker is
 * inside. Start at {@link dev.dowel.messaging.testing.InMemoryMessaging}; it is safe for use by several threads.
 */
@NullMarked
package dev.dowel.messaging.testing;

import org.jspecify.annotations.NullMarked;
