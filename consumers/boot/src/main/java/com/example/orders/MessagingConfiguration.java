package com.example.orders;

import dev.dowel.messaging.Messaging;
import dev.dowel.messaging.Subscription;
import dev.dowel.messaging.VersionRange;
import dev.dowel.messaging.micrometer.MicrometerMessagingListener;
import dev.dowel.messaging.outbox.JdbcInbox;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** RabbitMQ. The application starts, runs and answers while the broker is away. */
@Configuration(proxyBeanMethods = false)
class MessagingConfiguration {
    @Bean(initMethod = "start")
    Messaging messaging(@Value("${orders.rabbitmq}") String uri, MeterRegistry meters) {
        return Messaging.builder()
                .uri(uri)
                .listener(new MicrometerMessagingListener(meters))
                .build();
    }

    /** Closed by Spring before the inbox and its database are, so handlers that run may finish. */
    @Bean
    Subscription subscription(
            Messaging messaging,
            JdbcInbox inbox,
            PlacedOrders placed,
            @Value("${orders.queue:orders.placed}") String queue) {
        return messaging
                .subscribe(queue)
                .bind("events", "order.placed", VersionRange.parse("^1.0.0"))
                .idempotent(inbox)
                .handler(OrderPlaced.class, (order, delivery) -> placed.add(order, delivery.connection()));
    }
}
