package com.example.orders;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** The orders that were announced, as the consuming side keeps them. */
@Component
public class PlacedOrders {
    private final JdbcTemplate database;

    PlacedOrders(JdbcTemplate database) {
        this.database = database;
    }

    /** Writes in the inbox's transaction, so that a message that comes twice is kept once. */
    void add(OrderPlaced order, Connection transaction) throws SQLException {
        try (PreparedStatement insert =
                transaction.prepareStatement("INSERT INTO announced_orders (user_id) VALUES (?)")) {
            insert.setLong(1, order.userId());
            insert.executeUpdate();
        }
    }

    void clear() {
        database.update("DELETE FROM announced_orders");
    }

    List<OrderPlaced> all() {
        return database.query(
                "SELECT user_id FROM announced_orders", (row, number) -> new OrderPlaced(row.getLong("user_id")));
    }
}
