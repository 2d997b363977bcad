package com.example.orders;

import dev.dowel.messaging.EventType;

/** What is announced. */
public record OrderPlaced(long userId) {
    static final EventType<OrderPlaced> TYPE = EventType.of("order.placed", "1.0.0", OrderPlaced.class);
}
