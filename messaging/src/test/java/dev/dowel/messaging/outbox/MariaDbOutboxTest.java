package dev.dowel.messaging.outbox;

import dev.dowel.testservices.MariaDb;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.mariadb.jdbc.MariaDbDataSource;

class MariaDbOutboxTest extends OutboxContract {
    @Override
    protected DataSource freshDatabase() throws SQLException {
        // A zone that is neither the JVM's nor UTC must not matter.
        return new MariaDbDataSource(
                MariaDb.shared().newDatabase() + "&sessionVariables=time_zone='-11:00'&connectionTimeZone=SERVER");
    }

    @Override
    protected String numbers(int count) {
        return "SELECT seq AS u FROM seq_1_to_" + count;
    }

    @Override
    protected int openTransactions() {
        return query("SELECT trx_id FROM information_schema.innodb_trx t JOIN information_schema.processlist p"
                        + " ON p.id = t.trx_mysql_thread_id WHERE p.db = database() AND p.id <> connection_id()")
                .size();
    }
}
