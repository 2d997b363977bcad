package dev.dowel.example.likes;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/** Pages and likes in tables, over a pool or inside a transaction that somebody else owns. */
final class JdbcLikes implements Likes {
    private final Database database;

    private JdbcLikes(Database database) {
        this.database = database;
    }

    /** Runs SQL on a connection and sees to it that the connection goes back where it came from. */
    private interface Database {
        <R> R run(Sql<R> sql) throws SQLException;
    }

    private interface Sql<R> {
        R on(Connection connection) throws SQLException;
    }

    static JdbcLikes over(DataSource pool) {
        return new JdbcLikes(new Database() {
            @Override
            public <R> R run(Sql<R> sql) throws SQLException {
                try (Connection connection = pool.getConnection()) {
                    return sql.on(connection);
                }
            }
        });
    }

    static JdbcLikes inside(Connection transaction) {
        return new JdbcLikes(new Database() {
            @Override
            public <R> R run(Sql<R> sql) throws SQLException {
                return sql.on(transaction);
            }
        });
    }

    void createTables() {
        update("CREATE TABLE IF NOT EXISTS pages (id varchar(100) PRIMARY KEY, author bigint NOT NULL,"
                + " editor bigint NOT NULL, owner bigint NOT NULL)");
        update("CREATE TABLE IF NOT EXISTS likes (page varchar(100) NOT NULL, user_id bigint NOT NULL,"
                + " PRIMARY KEY (page, user_id))");
        update("CREATE TABLE IF NOT EXISTS forgotten (user_id bigint NOT NULL, likes int NOT NULL)");
    }

    @Override
    public Optional<Page> page(String id) {
        return query(
                        "SELECT id, author, editor, owner FROM pages WHERE id = ?",
                        row -> new Page(row.getString(1), row.getLong(2), row.getLong(3), row.getLong(4)),
                        id)
                .stream()
                .findFirst();
    }

    @Override
    public void addPage(Page page) {
        update(
                "INSERT INTO pages (id, author, editor, owner) VALUES (?, ?, ?, ?)",
                page.id(),
                page.author(),
                page.editor(),
                page.owner());
    }

    @Override
    public List<Long> likersOf(String page) {
        return query("SELECT user_id FROM likes WHERE page = ? ORDER BY user_id", row -> row.getLong(1), page);
    }

    @Override
    public void add(String page, long user) {
        update("INSERT INTO likes (page, user_id) VALUES (?, ?)", page, user);
    }

    @Override
    public int forget(long user) {
        int deleted = update("DELETE FROM likes WHERE user_id = ?", user);
        update("INSERT INTO forgotten (user_id, likes) VALUES (?, ?)", user, deleted);
        return deleted;
    }

    @Override
    public int timesForgotten(long user) {
        return query("SELECT count(*) FROM forgotten WHERE user_id = ?", row -> row.getInt(1), user)
                .get(0);
    }

    private interface Row<T> {
        T read(ResultSet row) throws SQLException;
    }

    private <T> List<T> query(String sql, Row<T> reader, Object... values) {
        try {
            return database.run(connection -> {
                try (PreparedStatement select = prepare(connection, sql, values);
                        ResultSet rows = select.executeQuery()) {
                    List<T> found = new ArrayList<>();
                    while (rows.next()) {
                        found.add(reader.read(rows));
                    }
                    return found;
                }
            });
        } catch (SQLException e) {
            throw new IllegalStateException("Cannot read likes", e);
        }
    }

    private int update(String sql, Object... values) {
        try {
            return database.run(connection -> {
                try (PreparedStatement update = prepare(connection, sql, values)) {
                    return update.executeUpdate();
                }
            });
        } catch (SQLException e) {
            throw new IllegalStateException("Cannot change likes", e);
        }
    }

    private static PreparedStatement prepare(Connection connection, String sql, Object... values) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 1, values[i]);
        }
        return statement;
    }
}
