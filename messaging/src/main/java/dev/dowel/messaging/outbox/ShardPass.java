package dev.dowel.messaging.outbox;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * One visit to each shard that has rows and that nobody else has locked: from one on, then those before it. Several are
 * visited together, for the rows of one key wait for each other's confirms, and those of more shards have more keys.
 */
final class ShardPass {
    /** So few that other relays find some as well. */
    static final int TOGETHER = 8;

    private final int start;
    private int together;
    private int next;
    private int end = OutboxTable.SHARDS;
    private boolean over;

    /** Each is visited by itself where the most is 1. */
    ShardPass(int start, int most) {
        this.start = start;
        this.next = start;
        this.together = Math.min(TOGETHER, most);
    }

    boolean over() {
        return over;
    }

    /** Locks the next ones; empty if there is none left, and then the pass is over. */
    List<Integer> lock(Connection connection) throws SQLException {
        List<Integer> shards = lockWithin(connection);
        if (shards.isEmpty() && end > start) {
            next = 0;
            end = start;
            shards = lockWithin(connection);
        }
        if (shards.isEmpty()) {
            over = true;
        } else {
            next = shards.get(shards.size() - 1) + 1;
        }
        return shards;
    }

    private List<Integer> lockWithin(Connection connection) throws SQLException {
        return next < end ? OutboxTable.lockShards(connection, next, end, together) : List.of();
    }

    /** One of these fails: from now on each is visited by itself, and these again, so that the others need not suffer. */
    void failed(List<Integer> shards) {
        together = 1;
        if (shards.size() > 1) {
            next = shards.get(0);
        }
    }
}
