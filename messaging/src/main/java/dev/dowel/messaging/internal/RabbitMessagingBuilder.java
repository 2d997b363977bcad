package dev.dowel.messaging.internal;

import dev.dowel.messaging.EventType;
import dev.dowel.messaging.JsonCodec;
import dev.dowel.messaging.Messaging;
import dev.dowel.messaging.MessagingListener;
import dev.dowel.messaging.TopologyMode;
import dev.dowel.messaging.TraceContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/** Collects options for {@link RabbitMessaging}. */
public final class RabbitMessagingBuilder implements Messaging.Builder {
    private static final int MAX_LANES = 16;
    private static final int MAX_RESENDS = 10;
    private static final int MAX_BODY = 16 * 1024 * 1024;
    private static final Duration MAX_TIMEOUT = Duration.ofMinutes(10);
    private static final Duration MAX_HEARTBEAT = Duration.ofMinutes(5);

    private BrokerAddress address = BrokerAddress.parse("amqp://guest:guest@localhost:5672");
    private String connectionName = "dowel";
    private JsonCodec json = JsonCodec.jackson2();
    private Duration publishTimeout = Duration.ofSeconds(10);
    private int maxBodySize = 1024 * 1024;
    private Optional<SSLContext> tls = Optional.empty();
    private Duration heartbeat = Duration.ofSeconds(15);
    private TopologyMode topology = TopologyMode.DECLARE;
    private int publishLanes = 1;
    private int retryUnknown;
    private final DeclaredEvents declared = new DeclaredEvents();
    private final List<MessagingListener> listeners = new ArrayList<>();
    private Optional<TraceContext> traceContext = Optional.empty();

    @Override
    public Messaging.Builder uri(String uri) {
        this.address = BrokerAddress.parse(uri);
        return this;
    }

    @Override
    public Messaging.Builder environment(Map<String, String> variables) {
        this.address = BrokerAddress.fromEnvironment(variables);
        return this;
    }

    @Override
    public Messaging.Builder tls(SSLContext context) {
        this.tls = Optional.of(context);
        return this;
    }

    @Override
    public Messaging.Builder heartbeat(Duration interval) {
        if (interval.compareTo(Duration.ofSeconds(1)) < 0
                || interval.compareTo(MAX_HEARTBEAT) > 0
                || !interval.equals(Duration.ofSeconds(interval.toSeconds()))) {
            throw new IllegalArgumentException("heartbeat is 1 s to 5 minutes in whole seconds, not " + interval);
        }
        this.heartbeat = interval;
        return this;
    }

    @Override
    public Messaging.Builder topology(TopologyMode mode) {
        this.topology = Objects.requireNonNull(mode, "mode");
        return this;
    }

    @Override
    public Messaging.Builder connectionName(String name) {
        Headers.checkShortString(name, "connectionName");
        this.connectionName = name;
        return this;
    }

    @Override
    public Messaging.Builder json(JsonCodec codec) {
        this.json = Objects.requireNonNull(codec, "codec");
        return this;
    }

    @Override
    public Messaging.Builder publishTimeout(Duration timeout) {
        if (timeout.compareTo(Duration.ofMillis(1)) < 0 || timeout.compareTo(MAX_TIMEOUT) > 0) {
            throw new IllegalArgumentException("publishTimeout is 1 ms to 10 minutes, not " + timeout);
        }
        this.publishTimeout = timeout;
        return this;
    }

    @Override
    public Messaging.Builder maxBodySize(int bytes) {
        if (bytes < 1 || bytes > MAX_BODY) {
            throw new IllegalArgumentException("maxBodySize is 1 to " + MAX_BODY + " bytes, not " + bytes);
        }
        this.maxBodySize = bytes;
        return this;
    }

    @Override
    public Messaging.Builder publishLanes(int lanes) {
        if (lanes < 1 || lanes > MAX_LANES) {
            throw new IllegalArgumentException("publishLanes is 1 to " + MAX_LANES + ", not " + lanes);
        }
        this.publishLanes = lanes;
        return this;
    }

    @Override
    public Messaging.Builder retryUnknown(int times) {
        if (times < 0 || times > MAX_RESENDS) {
            throw new IllegalArgumentException("retryUnknown is 0 to " + MAX_RESENDS + ", not " + times);
        }
        this.retryUnknown = times;
        return this;
    }

    @Override
    public Messaging.Builder publishes(String exchange, EventType<?>... types) {
        declared.add(exchange, types);
        return this;
    }

    @Override
    public Messaging.Builder listener(MessagingListener listener) {
        listeners.add(Objects.requireNonNull(listener, "listener"));
        return this;
    }

    @Override
    public Messaging.Builder traceContext(TraceContext context) {
        this.traceContext = Optional.of(context);
        return this;
    }

    @Override
    public Messaging build() {
        Events events = new Events(listeners);
        Messaging messaging = new RabbitMessaging(
                new BrokerSettings(address, tls, heartbeat),
                topology,
                connectionName,
                json,
                new PublishOptions(publishTimeout, maxBodySize, publishLanes, retryUnknown),
                declared.all(),
                events,
                new Tracing(traceContext));
        events.attached(messaging::health);
        return messaging;
    }
}
