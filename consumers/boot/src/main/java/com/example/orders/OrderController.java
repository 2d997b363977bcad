package com.example.orders;

import dev.dowel.authtoken.RequireScope;
import dev.dowel.messaging.Message;
import dev.dowel.messaging.Messaging;
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
    private final Messaging messaging;
    private final PlacedOrders placed;

    OrderController(RemoteModel<User, Long> users, Messaging messaging, PlacedOrders placed) {
        this.users = users;
        this.messaging = messaging;
        this.placed = placed;
    }

    @PostMapping("/orders")
    String order(@RequestParam("user") long id) {
        User user = users.get(id);
        messaging.publisher("events").publishAndWait(Message.of(OrderPlaced.TYPE, new OrderPlaced(user.id())));
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
