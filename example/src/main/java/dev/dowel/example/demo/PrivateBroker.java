package dev.dowel.example.demo;

import dev.dowel.messaging.Messaging;
import dev.dowel.testservices.RabbitMq;

/** A RabbitMQ of the demo's own, a process or a container, which it may kill. */
final class PrivateBroker implements Broker {
    private final RabbitMq rabbit;

    PrivateBroker(RabbitMq rabbit) {
        this.rabbit = rabbit;
    }

    @Override
    public String description() {
        return "RabbitMQ started by the demo at " + at() + "; it will be killed with kill -9";
    }

    @Override
    public Messaging connect(String service) {
        Messaging messaging = Messaging.builder()
                .uri(rabbit.uri().toString())
                .connectionName(service)
                .build();
        messaging.start();
        return messaging;
    }

    @Override
    public String takeAway() {
        rabbit.kill();
        return "kill -9 of the broker at " + at();
    }

    @Override
    public String bringBack() {
        rabbit.restart();
        return "the broker at " + at() + " is started again";
    }

    private String at() {
        return rabbit.uri().getHost() + ":" + rabbit.uri().getPort();
    }

    @Override
    public void close() {
        rabbit.close();
    }
}
