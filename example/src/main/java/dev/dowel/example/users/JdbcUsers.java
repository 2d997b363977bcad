package dev.dowel.example.users;

import dev.dowel.messaging.MessageSet;
import dev.dowel.messaging.outbox.Outbox;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/** Users in a table; a deletion and its announcement share one transaction through the outbox. */
final class JdbcUsers implements Users {
    private final DataSource database;
    private final Outbox outbox;

    JdbcUsers(DataSource database, Outbox outbox) {
        this.database = database;
        this.outbox = outbox;
    }

    static void createTable(DataSource database) {
        try (Connection connection = database.getConnection();
                PreparedStatement create = connection.prepareStatement(
                        "CREATE TABLE IF NOT EXISTS users (id bigint PRIMARY KEY, name varchar(200) NOT NULL)")) {
            create.execute();
        } catch (SQLException e) {
            throw new IllegalStateException("Cannot create the table users", e);
        }
    }

    @Override
    public Optional<User> find(long id) {
        return findAll(List.of(id)).stream().findFirst();
    }

    @Override
    public List<User> findAll(Collection<Long> ids) {
        if (ids.isEmpty()) {
            return List.of();
        }
        String marks = String.join(",", Collections.nCopies(ids.size(), "?"));
        try (Connection connection = database.getConnection();
                PreparedStatement select = connection.prepareStatement(
                        "SELECT id, name FROM users WHERE id IN (" + marks + ") ORDER BY id")) {
            int i = 1;
            for (long id : ids) {
                select.setLong(i++, id);
            }
            List<User> found = new ArrayList<>();
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    found.add(new User(rows.getLong(1), rows.getString(2)));
                }
            }
            return found;
        } catch (SQLException e) {
            throw new IllegalStateException("Cannot read users", e);
        }
    }

    @Override
    public void add(User user) {
        try (Connection connection = database.getConnection();
                PreparedStatement insert = connection.prepareStatement("INSERT INTO users (id, name) VALUES (?, ?)")) {
            insert.setLong(1, user.id());
            insert.setString(2, user.name());
            insert.executeUpdate();
        } catch (SQLException e) {
            throw new IllegalStateException("Cannot add a user", e);
        }
    }

    @Override
    public boolean delete(long id, MessageSet announcement) {
        return outbox.inTransaction(connection -> {
            try (PreparedStatement delete = connection.prepareStatement("DELETE FROM users WHERE id = ?")) {
                delete.setLong(1, id);
                if (delete.executeUpdate() == 0) {
                    return false;
                }
            }
            outbox.enqueue(connection, UserEvents.EXCHANGE, announcement);
            return true;
        });
    }
}
