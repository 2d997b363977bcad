package dev.dowel.testservices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

class DatabasesTest {
    @Test
    void committed_rows_survive_kill_9_of_postgresql() throws Exception {
        try (PostgreSql postgres = PostgreSql.start()) {
            checkKeeps(postgres.newDatabase(), postgres::kill, postgres::restart);
        }
    }

    @Test
    void committed_rows_survive_kill_9_of_mariadb() throws Exception {
        try (MariaDb mariadb = MariaDb.start()) {
            checkKeeps(mariadb.newDatabase(), mariadb::kill, mariadb::restart);
        }
    }

    private static void checkKeeps(String url, Runnable kill, Runnable restart) throws Exception {
        execute(url, "CREATE TABLE kept (id int)");
        execute(url, "INSERT INTO kept VALUES (1)");

        kill.run();
        assertThatThrownBy(() -> execute(url, "INSERT INTO kept VALUES (2)")).isInstanceOf(SQLException.class);
        restart.run();

        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT count(*) FROM kept")) {
            assertThat(rows.next()).isTrue();
            assertThat(rows.getInt(1)).isEqualTo(1);
        }
    }

    @Test
    void redis_is_away_after_kill_and_back_after_restart() {
        byte[] ping = {'P', 'I', 'N', 'G', '\r', '\n'};
        try (Redis redis = Redis.start()) {
            int port = redis.uri().getPort();
            redis.kill();
            assertThat(Processes.answers(port, ping)).isFalse();
            redis.restart();
            assertThat(Processes.answers(port, ping)).isTrue();
        }
    }

    private static void execute(String url, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
