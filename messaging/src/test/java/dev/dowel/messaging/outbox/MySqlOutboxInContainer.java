package dev.dowel.messaging.outbox;

import dev.dowel.testservices.MySql;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.mariadb.jdbc.MariaDbDataSource;

/** The contract on MySQL 8, which Debian does not package: by its name only the profile {@code containers} runs it. */
class MySqlOutboxInContainer extends OutboxContract {
    @Override
    protected DataSource freshDatabase() throws SQLException {
        return new MariaDbDataSource(
                MySql.shared().newDatabase() + "&sessionVariables=time_zone='-11:00'&connectionTimeZone=SERVER");
    }

    @Override
    protected String numbers(int count) {
        return "SELECT row_number() OVER () AS u FROM information_schema.columns LIMIT " + count;
    }

    @Override
    protected int openTransactions() {
        return query("SELECT trx_id FROM information_schema.innodb_trx t JOIN information_schema.processlist p"
                        + " ON p.id = t.trx_mysql_thread_id WHERE p.db = database() AND p.id <> connection_id()")
                .size();
    }
}
