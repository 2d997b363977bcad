package dev.dowel.messaging.outbox;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/** One visit to each shard that has rows and that nobody else has locked: from one on, then those before it. */
final class ShardPass {
    private final int start;
    private int next;
    private int end = OutboxTable.SHARDS;
    private boolean over;

    ShardPass(int start) {
        this.start = start;
        this.next = start;
    }

    boolean over() {
        return over;
    }

    /** Locks the next one; empty if there is none left, and then the pass is over. */
    Optional<Integer> lock(Connection connection) throws SQLException {
        Optional<Integer> shard = lockWithin(connection);
        if (shard.isEmpty() && end > start) {
            next = 0;
            end = start;
            shard = lockWithin(connection);
        }
        shard.ifPresentOrElse(locked -> next = locked + 1, () -> over = true);
        return shard;
    }

    private Optional<Integer> lockWithin(Connection connection) throws SQLException {
        return next < end ? OutboxTable.lockShard(connection, next, end) : Optional.empty();
    }
}
