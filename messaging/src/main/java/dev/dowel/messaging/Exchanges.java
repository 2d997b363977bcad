package dev.dowel.messaging;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;

/** Makes sure that exchanges are there, each on a channel of its own, since a refusal closes the channel. */
final class Exchanges {
    private static final String TOPIC = "topic";

    private Exchanges() {}

    /**
     * Declares a durable topic exchange. One that is there already, of whatever type and whoever may declare it, is good
     * enough.
     */
    static void ensure(Connection connection, String exchange) throws IOException {
        try {
            onOwnChannel(connection, channel -> channel.exchangeDeclare(exchange, TOPIC, true));
        } catch (IOException refused) {
            if (!refusedByBroker(refused)) {
                throw refused;
            }
            try {
                onOwnChannel(connection, channel -> channel.exchangeDeclarePassive(exchange));
            } catch (IOException missing) {
                missing.addSuppressed(refused);
                throw missing;
            }
        }
    }

    /** Tells whether the broker said no and closed no more than the channel. */
    static boolean refusedByBroker(Exception e) {
        return e.getCause() instanceof ShutdownSignalException signal
                && !signal.isInitiatedByApplication()
                && signal.getReason() instanceof AMQP.Channel.Close;
    }

    private interface Declaration {
        void on(Channel channel) throws IOException;
    }

    private static void onOwnChannel(Connection connection, Declaration declaration) throws IOException {
        Channel channel = openChannel(connection);
        try {
            declaration.on(channel);
        } finally {
            channel.abort();
        }
    }

    static Channel openChannel(Connection connection) throws IOException {
        return connection.openChannel().orElseThrow(() -> new IOException("no channel number is free"));
    }
}
