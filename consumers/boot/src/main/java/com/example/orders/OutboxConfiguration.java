package com.example.orders;

import dev.dowel.messaging.Messaging;
import dev.dowel.messaging.micrometer.MicrometerOutboxListener;
import dev.dowel.messaging.outbox.EventPublisher;
import dev.dowel.messaging.outbox.JdbcInbox;
import dev.dowel.messaging.outbox.Outbox;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import javax.sql.DataSource;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.sql.init.dependency.DependsOnDatabaseInitialization;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * The outbox: events that are stored in the transactions of the service and published after them. And the inbox, which
 * makes a handler take effect once. Both wait for Spring to make their tables, or for your Flyway or Liquibase.
 */
@Configuration(proxyBeanMethods = false)
class OutboxConfiguration {
    @Bean(initMethod = "start")
    @DependsOnDatabaseInitialization
    Outbox outbox(
            DataSource dataSource,
            Messaging messaging,
            MeterRegistry meters,
            @Value("${orders.outbox-poll:1s}") Duration poll) {
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

    @Bean
    @DependsOnDatabaseInitialization
    JdbcInbox inbox(DataSource dataSource) {
        return JdbcInbox.of(dataSource);
    }
}
