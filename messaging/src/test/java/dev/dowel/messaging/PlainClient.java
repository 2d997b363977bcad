package dev.dowel.messaging;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Somebody else's client on the same vhost, who knows nothing of this library. */
final class PlainClient implements AutoCloseable {
    private final Connection connection;
    private final Channel channel;

    PlainClient(URI vhost) throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(vhost.toString());
        factory.setAutomaticRecoveryEnabled(false);
        connection = factory.newConnection("plain");
        channel = connection.createChannel();
    }

    Channel channel() {
        return channel;
    }

    /** Declares a durable queue of a type that gets everything of an exchange. */
    void declare(String exchange, String queue, String type) throws Exception {
        channel.exchangeDeclare(exchange, "topic", true);
        channel.queueDeclare(queue, true, false, false, Map.of("x-queue-type", type));
        channel.queueBind(queue, exchange, "#");
    }

    List<GetResponse> drain(String queue) throws Exception {
        List<GetResponse> all = new ArrayList<>();
        for (GetResponse next = channel.basicGet(queue, true); next != null; next = channel.basicGet(queue, true)) {
            all.add(next);
        }
        return all;
    }

    static List<String> ids(List<GetResponse> messages) {
        return messages.stream().map(one -> one.getProps().getMessageId()).toList();
    }

    @Override
    public void close() {
        connection.abort(5_000);
    }
}
