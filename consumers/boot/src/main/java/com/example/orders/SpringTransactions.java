package com.example.orders;

import dev.dowel.messaging.outbox.CurrentTransaction;
import java.sql.Connection;
import java.util.Optional;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.ConnectionHolder;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Lets an outbox join the transactions that Spring runs on a data source. */
final class SpringTransactions implements CurrentTransaction {
    private final DataSource database;

    SpringTransactions(DataSource database) {
        this.database = database;
    }

    @Override
    public Optional<Connection> connection() {
        return TransactionSynchronizationManager.isActualTransactionActive()
                ? Optional.ofNullable((ConnectionHolder) TransactionSynchronizationManager.getResource(database))
                        .map(ConnectionHolder::getConnection)
                : Optional.empty();
    }

    @Override
    public void afterCommit(Runnable action) {
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                action.run();
            }
        });
    }
}
