package dev.dowel.example.demo;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import dev.dowel.messaging.Messaging;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Somebody else's RabbitMQ, reached through a proxy of the demo's own, which it may cut. */
final class ForeignBroker implements Broker {
    private static final Logger LOG = LoggerFactory.getLogger(ForeignBroker.class);
    private static final int AMQP_PORT = 5672;

    private final URI uri;
    private final TcpProxy proxy;
    private final List<String> queues;

    /** The queues are deleted at the end, with their retry and parking queues. */
    ForeignBroker(String uri, List<String> queues) {
        this.uri = URI.create(uri);
        if (!"amqp".equals(this.uri.getScheme()) || this.uri.getHost() == null) {
            throw new IllegalArgumentException(
                    "The demo cuts a plain TCP connection: RABBITMQ_URI must be amqp:// with one host");
        }
        this.proxy = TcpProxy.to(this.uri.getHost(), this.uri.getPort() < 0 ? AMQP_PORT : this.uri.getPort());
        this.queues = List.copyOf(queues);
    }

    @Override
    public String description() {
        return "RabbitMQ from RABBITMQ_URI at " + uri.getHost() + "; the demo cuts its own TCP proxy to it";
    }

    @Override
    public Messaging connect(String service) {
        try {
            String throughProxy = new URI(
                            uri.getScheme(),
                            uri.getUserInfo(),
                            "127.0.0.1",
                            proxy.port(),
                            uri.getPath(),
                            uri.getQuery(),
                            null)
                    .toString();
            Messaging messaging = Messaging.builder()
                    .uri(throughProxy)
                    .connectionName(service)
                    .build();
            messaging.start();
            return messaging;
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("RABBITMQ_URI is not a URI");
        }
    }

    @Override
    public String takeAway() {
        proxy.cut();
        return "the TCP proxy to the broker is cut";
    }

    @Override
    public String bringBack() {
        proxy.mend();
        return "the TCP proxy to the broker is mended";
    }

    @Override
    public void close() {
        proxy.close();
        List<String> all = new ArrayList<>();
        ConnectionFactory factory = new ConnectionFactory();
        try {
            factory.setUri(uri.toString());
            try (Connection connection = factory.newConnection("dowel demo clean-up");
                    Channel channel = connection.createChannel()) {
                for (String queue : queues) {
                    all.addAll(List.of(queue, queue + ".parking", queue + ".retry.500ms", queue + ".retry.5s"));
                    all.addAll(List.of(queue + ".retry.1s", queue + ".retry.10s", queue + ".retry.1m"));
                }
                for (String queue : all) {
                    channel.queueDelete(queue);
                }
            }
        } catch (IOException | TimeoutException | URISyntaxException | GeneralSecurityException e) {
            LOG.warn("The demo's queues could not be deleted: {}", e.getClass().getSimpleName());
        }
    }
}
