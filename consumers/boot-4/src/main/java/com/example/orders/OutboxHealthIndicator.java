package com.example.orders;

import dev.dowel.messaging.outbox.Outbox;
import dev.dowel.messaging.outbox.OutboxHealth;
import java.time.Duration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/** Shows at /actuator/health whether what is stored in the outbox goes out; asks the database. */
@Component("outboxHealthIndicator")
class OutboxHealthIndicator implements HealthIndicator {
    /** Above it nothing goes out, or not enough. */
    private static final Duration TOO_OLD = Duration.ofMinutes(1);

    private final Outbox outbox;

    OutboxHealthIndicator(Outbox outbox) {
        this.outbox = outbox;
    }

    @Override
    public Health health() {
        OutboxHealth health = outbox.health();
        Duration oldest = health.oldest().orElse(Duration.ZERO);
        boolean answered = health.pending().isPresent();
        Health.Builder shown = (answered && oldest.compareTo(TOO_OLD) <= 0 ? Health.up() : Health.down())
                .withDetail("relaying", health.relaying())
                .withDetail("oldest", oldest);
        health.pending().ifPresent(rows -> shown.withDetail("pending", rows));
        health.parked().ifPresent(rows -> shown.withDetail("parked", rows));
        health.lastError().ifPresent(error -> shown.withDetail("lastError", error));
        return shown.build();
    }
}
