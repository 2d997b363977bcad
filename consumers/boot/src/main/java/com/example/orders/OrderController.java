package com.example.orders;

import dev.dowel.authtoken.RequireScope;
import dev.dowel.remotemodel.RemoteModel;
import java.util.List;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
class OrderController {
    private final RemoteModel<User, Long> users;
    private final OrderBook book;
    private final PlacedOrders placed;

    OrderController(RemoteModel<User, Long> users, OrderBook book, PlacedOrders placed) {
        this.users = users;
        this.book = book;
        this.placed = placed;
    }

    @PostMapping("/orders")
    String order(@RequestParam("user") long id) {
        User user = users.get(id);
        book.place(new OrderPlaced(user.id()));
        return "an order for " + user.name();
    }

    @GetMapping("/orders")
    List<OrderPlaced> orders() {
        return placed.all();
    }

    @DeleteMapping("/orders")
    @RequireScope("orders:delete")
    void forget() {
        placed.clear();
    }
}
