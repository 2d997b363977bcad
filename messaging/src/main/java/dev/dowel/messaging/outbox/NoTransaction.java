package dev.dowel.messaging.outbox;

import java.sql.Connection;
import java.util.Optional;

/** For services whose transactions are all the outbox's own. */
final class NoTransaction implements CurrentTransaction {
    @Override
    public Optional<Connection> connection() {
        return Optional.empty();
    }

    @Override
    public void afterCommit(Runnable action) {
        throw new IllegalStateException("There is no transaction");
    }
}
