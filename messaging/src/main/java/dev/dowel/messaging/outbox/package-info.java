/**
 * A transactional outbox and an idempotent inbox over JDBC. Start at {@link dev.dowel.messaging.outbox.Outbox} and
 * {@link dev.dowel.messaging.outbox.JdbcInbox}. Both are safe for use by several threads and several instances.
 */
@NullMarked
package dev.dowel.messaging.outbox;

import org.jspecify.annotations.NullMarked;
