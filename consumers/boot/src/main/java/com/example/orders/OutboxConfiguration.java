package com.example.orders;

import dev.dowel.messaging.Messaging;
import dev.dowel.messaging.micrometer.MicrometerOutboxListener;
import dev.dowel.messaging.outbox.EventPublisher;
import dev.dowel.messaging.outbox.Outbox;
import dev.dowel.messaging.outbox.OutboxSchema;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import javax.sql.DataSource;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The outbox: events that are stored in the transactions of the service and published after them. */
@Configuration(proxyBeanMethods = false)
class OutboxConfiguration {
    @Bean(initMethod = "start")
    Outbox outbox(
            DataSource dataSource,
            Messaging messaging,
            MeterRegistry meters,
            @Value("${orders.outbox-poll:1s}") Duration poll) {
        OutboxSchema.createIfMissing(dataSource);
        return Outbox.builder(dataSource)
                .publishWith(messaging)
                .transactions(new SpringTransactions(dataSource))
                .listener(new MicrometerOutboxListener(meters))
                .pollInterval(poll)
                .build();
    }

    @Bean
    EventPublisher events(Outbox outbox) {
        return outbox.publisher("events");
    }
}
