package com.example.orders;

import dev.dowel.messaging.Messaging;
import dev.dowel.messaging.MessagingHealth;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.stereotype.Component;

/** Shows at /actuator/health whether everything that is wanted of RabbitMQ is there; asks no broker. */
@Component("messagingHealthIndicator")
class MessagingHealthIndicator implements HealthIndicator {
    private final Messaging messaging;

    MessagingHealthIndicator(Messaging messaging) {
        this.messaging = messaging;
    }

    @Override
    public Health health() {
        MessagingHealth health = messaging.health();
        return (health.healthy() ? Health.up() : Health.down())
                .withDetail("publishing", health.publishing())
                .withDetail("consuming", health.consuming())
                .withDetail("consumers", health.consumersActive() + " of " + health.consumersWanted())
                .withDetail("parked", health.parked())
                .withDetail("topologyProblems", health.topologyProblems())
                .build();
    }
}
