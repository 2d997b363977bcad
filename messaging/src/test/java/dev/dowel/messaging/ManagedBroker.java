package dev.dowel.messaging;

import dev.dowel.messaging.management.BindingCheck;
import dev.dowel.testservices.RabbitMq;
import java.net.URI;
import java.util.List;

/** A broker of the caller's own with the management plugin. */
public final class ManagedBroker implements AutoCloseable {
    private final int port = RabbitMq.freePort();
    private final RabbitMq broker = RabbitMq.start(
            List.of("management.tcp.port = " + port, "management.tcp.ip = 127.0.0.1"), List.of("rabbitmq_management"));

    public RabbitMq broker() {
        return broker;
    }

    public URI management() {
        return URI.create("http://127.0.0.1:" + port);
    }

    public BindingCheck.Builder check(URI vhost) {
        return BindingCheck.builder(management(), "guest", "guest")
                .vhost(vhost.getPath().substring(1));
    }

    @Override
    public void close() {
        broker.close();
    }
}
