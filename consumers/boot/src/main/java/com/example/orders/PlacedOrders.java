package com.example.orders;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.springframework.stereotype.Component;

/** The orders that were announced. */
@Component
public class PlacedOrders {
    private final List<OrderPlaced> placed = new CopyOnWriteArrayList<>();

    void add(OrderPlaced order) {
        placed.add(order);
    }

    void clear() {
        placed.clear();
    }

    List<OrderPlaced> all() {
        return List.copyOf(placed);
    }
}
