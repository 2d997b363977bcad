package dev.dowel.messaging.outbox;

import java.util.UUID;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcConnectionPool;

class H2OutboxTest extends OutboxContract {
    @Override
    protected DataSource freshDatabase() {
        return JdbcConnectionPool.create("jdbc:h2:mem:" + UUID.randomUUID() + ";LOCK_TIMEOUT=20000", "sa", "");
    }

    @Override
    protected String numbers(int count) {
        return "SELECT x AS u FROM system_range(1, " + count + ")";
    }

    @Override
    protected int openTransactions() {
        return query("SELECT session_id FROM information_schema.sessions WHERE contains_uncommitted"
                        + " AND session_id <> session_id()")
                .size();
    }
}
