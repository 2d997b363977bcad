package dev.dowel.messaging.outbox;

import dev.dowel.testservices.PostgreSql;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

class PostgreSqlOutboxTest extends OutboxContract {
    @Override
    protected DataSource freshDatabase() {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(PostgreSql.shared().newDatabase());
        return source;
    }

    @Override
    protected String numbers(int count) {
        return "SELECT u FROM generate_series(1, " + count + ") AS g(u)";
    }

    @Override
    protected int openTransactions() {
        return query("SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND xact_start IS NOT NULL"
                        + " AND pid <> pg_backend_pid()")
                .size();
    }
}
