package com.example.orders;

import dev.dowel.messaging.Message;
import dev.dowel.messaging.outbox.EventPublisher;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Announces orders in the transaction that it is called in, or in one of its own. */
@Service
class OrderBook {
    private final EventPublisher events;

    OrderBook(EventPublisher events) {
        this.events = events;
    }

    @Transactional
    public void place(OrderPlaced... orders) {
        for (OrderPlaced order : orders) {
            if (order.userId() < 0) {
                throw new IllegalArgumentException("userId must not be negative: " + order.userId());
            }
            events.publish(Message.of(OrderPlaced.TYPE, order));
        }
    }
}
