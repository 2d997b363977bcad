package dev.dowel.messaging.internal;

import com.rabbitmq.client.ConnectionFactory;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * Where brokers are and how to talk to them.
 *
 * @param address where, and how to log in
 * @param tls trust and client certificate; empty for what the JVM has
 * @param heartbeat how often each side says that it is alive
 */
record BrokerSettings(BrokerAddress address, Optional<SSLContext> tls, Duration heartbeat) {
    BrokerSettings {
        if (tls.isPresent() && !address.tls()) {
            throw new IllegalStateException(
                    "tls(...) is set, but the broker's address is without TLS: give a URI that starts with amqps://");
        }
    }

    /** Returns a new factory, without the client's own recovery, that never waits long for anything. */
    ConnectionFactory factory() {
        ConnectionFactory factory = new ConnectionFactory();
        address.configure(factory);
        if (address.tls()) {
            factory.useSslProtocol(tls.orElseGet(BrokerSettings::ofTheJvm));
            factory.enableHostnameVerification();
        }
        factory.setAutomaticRecoveryEnabled(false);
        factory.setTopologyRecoveryEnabled(false);
        factory.setRequestedHeartbeat((int) heartbeat.toSeconds());
        factory.setConnectionTimeout(5_000);
        factory.setHandshakeTimeout(10_000);
        factory.setChannelRpcTimeout(10_000);
        factory.setShutdownTimeout(5_000);
        return factory;
    }

    private static SSLContext ofTheJvm() {
        try {
            return SSLContext.getDefault();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("This JVM has no TLS", e);
        }
    }
}
