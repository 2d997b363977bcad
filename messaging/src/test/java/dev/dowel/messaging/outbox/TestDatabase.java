package dev.dowel.messaging.outbox;

import dev.dowel.testservices.MariaDb;
import dev.dowel.testservices.PostgreSql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcConnectionPool;
import org.mariadb.jdbc.MariaDbDataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** The databases that outbox and inbox promise the same on. */
enum TestDatabase {
    H2 {
        @Override
        DataSource fresh() {
            return JdbcConnectionPool.create("jdbc:h2:mem:" + UUID.randomUUID() + ";LOCK_TIMEOUT=20000", "sa", "");
        }
    },
    POSTGRESQL {
        @Override
        DataSource fresh() {
            PGSimpleDataSource source = new PGSimpleDataSource();
            source.setUrl(PostgreSql.shared().newDatabase());
            return source;
        }
    },
    MARIADB {
        @Override
        DataSource fresh() {
            try {
                return new MariaDbDataSource(MariaDb.shared().newDatabase());
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }
    };

    /** Returns a database of the test's own. */
    abstract DataSource fresh();

    /** Returns the first column of a query's rows. */
    static List<Object> query(DataSource database, String sql) {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<Object> first = new ArrayList<>();
            while (rows.next()) {
                first.add(rows.getObject(1));
            }
            return first;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Runs one statement and commits it. */
    static void execute(DataSource database, String sql) {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
