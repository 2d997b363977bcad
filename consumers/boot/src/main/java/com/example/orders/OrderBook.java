package com.example.orders;

import dev.dowel.messaging.Message;
import dev.dowel.messaging.outbox.EventPublisher;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/**
 * Stores orders and announces them in one transaction, the caller's or its own: both happen or neither does, also while
 * RabbitMQ is away.
 */
@Service
class OrderBook {
    private final JdbcTemplate database;
    private final EventPublisher events;

    OrderBook(JdbcTemplate database, EventPublisher events) {
        this.database = database;
        this.events = events;
    }

    @Transactional
    public void place(OrderPlaced... orders) {
        for (OrderPlaced order : orders) {
            if (order.userId() < 0) {
                throw new IllegalArgumentException("userId must not be negative: " + order.userId());
            }
            database.update("INSERT INTO orders (user_id) VALUES (?)", order.userId());
            events.publish(Message.of(OrderPlaced.TYPE, order).key(Long.toString(order.userId())));
        }
    }
}
